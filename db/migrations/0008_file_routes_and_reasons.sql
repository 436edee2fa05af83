ALTER TABLE "deliveries" ADD COLUMN "given_up_reason" text;--> statement-breakpoint
ALTER TABLE "routes" ADD COLUMN "managed_by" text DEFAULT 'screen' NOT NULL;