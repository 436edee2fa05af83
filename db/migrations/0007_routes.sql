CREATE SEQUENCE "public"."delivery_position" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"route_id" uuid NOT NULL,
	"position" bigint NOT NULL,
	"state" text NOT NULL,
	"due_at" timestamp (3) with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"last_delay_ms" integer DEFAULT 0 NOT NULL,
	"attempt_id" uuid,
	"lease_until" timestamp (3) with time zone,
	"next_trigger" text NOT NULL,
	"given_up_by" text,
	"order_key" text,
	"guard_key" text,
	"duplicate_of" uuid,
	"error_code" text,
	"error_status" integer,
	"error_message" text,
	"dead_cause" text,
	"message_id" uuid,
	"key" text,
	"size" integer NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "deliveries_other" PARTITION OF "deliveries" DEFAULT;
--> statement-breakpoint
CREATE TABLE "delivery_attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"delivery_id" uuid NOT NULL,
	"route_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"trigger" text NOT NULL,
	"worker" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"duration_ms" integer,
	"outcome" text,
	"error_code" text,
	"error_status" integer,
	"error_type" text,
	"error_message" text,
	"error_stack" text,
	"answer_status" integer,
	"answer_headers" text,
	"answer_body" "bytea",
	"answer_cut" boolean,
	"decision" text,
	"decided_by" text,
	"dead_cause" text,
	"next_delay_ms" integer
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "delivery_attempts_other" PARTITION OF "delivery_attempts" DEFAULT;
--> statement-breakpoint
CREATE TABLE "delivery_contents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"body" "bytea" NOT NULL,
	"headers" text NOT NULL,
	"native" text NOT NULL
) PARTITION BY RANGE ("id");
--> statement-breakpoint
CREATE TABLE "delivery_contents_other" PARTITION OF "delivery_contents" DEFAULT;
--> statement-breakpoint
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
CREATE TABLE "breakers" (
	"destination" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"reason" text,
	"changed_by" text NOT NULL,
	"probes" integer DEFAULT 0 NOT NULL,
	"probe_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "delivery_identities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source_id" uuid NOT NULL,
	"identity" text NOT NULL,
	"batch_id" bigint NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "delivery_identities_identity" UNIQUE("source_id","identity")
);
--> statement-breakpoint
CREATE TABLE "guard_keys" (
	"route_id" uuid NOT NULL,
	"key" text NOT NULL,
	"owner" uuid NOT NULL,
	"completed_at" timestamp (3) with time zone,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "guard_keys_route_id_key_pk" PRIMARY KEY("route_id","key")
);
--> statement-breakpoint
CREATE TABLE "route_minutes" (
	"route_id" uuid NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"received" integer DEFAULT 0 NOT NULL,
	"delivered" integer DEFAULT 0 NOT NULL,
	"duplicates" integer DEFAULT 0 NOT NULL,
	"failed" integer DEFAULT 0 NOT NULL,
	"dead" integer DEFAULT 0 NOT NULL,
	"durations" bigint[] NOT NULL,
	CONSTRAINT "route_minutes_route_id_minute_pk" PRIMARY KEY("route_id","minute")
);
--> statement-breakpoint
CREATE TABLE "routes" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"source_id" uuid NOT NULL,
	"definition" text NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"state" text NOT NULL,
	"consuming" boolean DEFAULT true NOT NULL,
	"held_by" text,
	"fault_code" text,
	"fault_detail" text,
	"fault_at" timestamp (3) with time zone,
	"next_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "routes_name_unique" UNIQUE("name"),
	CONSTRAINT "routes_source_id_unique" UNIQUE("source_id")
);
--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "publications" ADD CONSTRAINT "publications_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "guard_keys" ADD CONSTRAINT "guard_keys_route_id_routes_id_fk" FOREIGN KEY ("route_id") REFERENCES "public"."routes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "route_minutes" ADD CONSTRAINT "route_minutes_route_id_routes_id_fk" FOREIGN KEY ("route_id") REFERENCES "public"."routes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "routes" ADD CONSTRAINT "routes_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("route_id","due_at") WHERE state in ('pending', 'retrying');--> statement-breakpoint
CREATE INDEX "deliveries_leases" ON "deliveries" USING btree ("lease_until") WHERE state = 'delivering';--> statement-breakpoint
CREATE INDEX "deliveries_order" ON "deliveries" USING btree ("route_id","order_key","position") WHERE order_key is not null and state in ('pending', 'delivering', 'retrying');--> statement-breakpoint
CREATE INDEX "deliveries_route" ON "deliveries" USING btree ("route_id","state","position");--> statement-breakpoint
CREATE INDEX "deliveries_message" ON "deliveries" USING btree ("message_id") WHERE message_id is not null;--> statement-breakpoint
CREATE INDEX "delivery_attempts_delivery" ON "delivery_attempts" USING btree ("delivery_id");--> statement-breakpoint
CREATE INDEX "delivery_attempts_route" ON "delivery_attempts" USING btree ("route_id","id");--> statement-breakpoint
CREATE INDEX "publications_waiting" ON "publications" USING btree ("connection_id","created_at") WHERE state = 'waiting';--> statement-breakpoint
CREATE INDEX "publications_leases" ON "publications" USING btree ("lease_until") WHERE state = 'publishing';--> statement-breakpoint
CREATE INDEX "publications_finished" ON "publications" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "delivery_identities_received" ON "delivery_identities" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "guard_keys_until" ON "guard_keys" USING btree ("until");