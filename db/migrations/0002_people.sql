ALTER TABLE "people" ADD COLUMN "last_sign_in_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "audit_actor" ON "audit" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "audit_at" ON "audit" USING btree ("at");--> statement-breakpoint
CREATE UNIQUE INDEX "people_one_owner" ON "people" USING btree ("role") WHERE "people"."role" = 'owner';--> statement-breakpoint
ALTER TABLE "verifications" ADD CONSTRAINT "verifications_identifier_unique" UNIQUE("identifier");