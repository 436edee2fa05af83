ALTER TABLE "queues" ADD COLUMN "place" text;--> statement-breakpoint
ALTER TABLE "queues" ADD COLUMN "readers" text;