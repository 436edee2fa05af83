CREATE TABLE "api_keys" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"hash" text NOT NULL,
	"beginning" text NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	"revoked_by" text,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash")
);
--> statement-breakpoint
CREATE TABLE "publications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"api_key_id" uuid NOT NULL,
	"idempotency_key" text,
	"request_hash" text NOT NULL,
	"connection_id" uuid,
	"target" text NOT NULL,
	"headers" text NOT NULL,
	"content_type" text,
	"key" text,
	"body" "bytea" NOT NULL,
	"size" integer NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"worker" text,
	"lease_until" timestamp (3) with time zone,
	"receipt" text,
	"fault_code" text,
	"fault_detail" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "publications_idempotency" UNIQUE("api_key_id","idempotency_key")
);
--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "publications_waiting" ON "publications" USING btree ("connection_id","created_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "publications_leases" ON "publications" USING btree ("lease_until") WHERE state = 'publishing';--> statement-breakpoint
CREATE INDEX "publications_finished" ON "publications" USING btree ("finished_at");