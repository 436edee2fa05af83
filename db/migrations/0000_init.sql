CREATE SEQUENCE "public"."message_position" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1;--> statement-breakpoint
CREATE TABLE "attempts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"message_id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"revision_id" uuid,
	"number" integer NOT NULL,
	"target" text,
	"worker" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"outcome" text,
	"fault_code" text,
	"fault_detail" text,
	"receipt" text
);
--> statement-breakpoint
CREATE TABLE "revisions" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"message_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"death_id" uuid NOT NULL,
	"body_id" uuid NOT NULL,
	"headers" text NOT NULL,
	"author_id" text NOT NULL,
	"author" text NOT NULL,
	"reason" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "audit_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_id" text,
	"actor" text NOT NULL,
	"act" text NOT NULL,
	"subject" text,
	"detail" text DEFAULT '{}' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "commands" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"kind" text NOT NULL,
	"input" text NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"answer" text,
	"fault_code" text,
	"fault_detail" text,
	"requested_by" text NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"name" text NOT NULL,
	"kind" text NOT NULL,
	"settings" text NOT NULL,
	"secrets" text NOT NULL,
	"managed_by" text NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"state" text DEFAULT 'unknown' NOT NULL,
	"fault_code" text,
	"fault_detail" text,
	"state_since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"measured_at" timestamp (3) with time zone,
	"discovered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "connections_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "capture_batches" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "capture_batches_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"source_id" uuid NOT NULL,
	"worker" text NOT NULL,
	"count" integer NOT NULL,
	"stored_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"accepted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "deaths" (
	"id" uuid PRIMARY KEY NOT NULL,
	"message_id" uuid NOT NULL,
	"number" integer NOT NULL,
	"source_id" uuid NOT NULL,
	"batch_id" bigint NOT NULL,
	"identity" text NOT NULL,
	"captured_at" timestamp (3) with time zone NOT NULL,
	"body_id" uuid NOT NULL,
	"size" integer NOT NULL,
	"headers" text NOT NULL,
	"native" text NOT NULL,
	"normal" text NOT NULL,
	"reason" text NOT NULL,
	"after_attempt_id" uuid
);
--> statement-breakpoint
CREATE TABLE "events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"message_id" uuid NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor" text NOT NULL,
	"from_state" text,
	"to_state" text NOT NULL,
	"cause" text NOT NULL,
	"reason" text,
	"operation_id" uuid,
	"attempt_id" uuid
);
--> statement-breakpoint
CREATE TABLE "group_minutes" (
	"group_id" uuid NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"died" integer NOT NULL,
	CONSTRAINT "group_minutes_key" UNIQUE("group_id","minute")
);
--> statement-breakpoint
CREATE TABLE "groups" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"source_id" uuid NOT NULL,
	"fingerprint" text NOT NULL,
	"title" text NOT NULL,
	"error_type" text,
	"reason" text NOT NULL,
	"deaths" bigint NOT NULL,
	"first_seen_at" timestamp (3) with time zone NOT NULL,
	"last_seen_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "groups_fingerprint" UNIQUE("source_id","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "bodies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"bytes" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"position" bigint NOT NULL,
	"connection_id" uuid NOT NULL,
	"source_id" uuid NOT NULL,
	"group_id" uuid NOT NULL,
	"state" text NOT NULL,
	"attempt_id" uuid,
	"lease_until" timestamp (3) with time zone,
	"operation_id" uuid,
	"watch_until" timestamp (3) with time zone,
	"deaths" integer NOT NULL,
	"redrives" integer DEFAULT 0 NOT NULL,
	"last_death_id" uuid NOT NULL,
	"body_id" uuid NOT NULL,
	"size" integer NOT NULL,
	"rule" text NOT NULL,
	"reason" text NOT NULL,
	"error_type" text,
	"error_message" text,
	"origin" text,
	"key" text,
	"attempts" integer,
	"content_type" text,
	"search" text NOT NULL,
	"first_failed_at" timestamp (3) with time zone,
	"last_failed_at" timestamp (3) with time zone,
	"captured_at" timestamp (3) with time zone NOT NULL,
	"last_death_at" timestamp (3) with time zone NOT NULL,
	"changed_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operation_items" (
	"operation_id" uuid NOT NULL,
	"message_id" uuid NOT NULL,
	"outcome" text NOT NULL,
	"attempt_id" uuid,
	"detail" text,
	"settled_at" timestamp (3) with time zone,
	CONSTRAINT "operation_items_operation_id_message_id_pk" PRIMARY KEY("operation_id","message_id")
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"act" text NOT NULL,
	"state" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor" text NOT NULL,
	"reason" text,
	"destination" text,
	"revision_id" uuid,
	"selection" text NOT NULL,
	"rate" integer,
	"total" integer NOT NULL,
	"next_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"request_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "operations_request_id_unique" UNIQUE("request_id")
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"count" integer NOT NULL,
	"last_request" bigint NOT NULL,
	CONSTRAINT "rate_limits_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"token" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"role" text DEFAULT 'viewer' NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "people_email_unique" UNIQUE("email")
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "queue_samples" (
	"queue_id" uuid NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"ready" bigint NOT NULL,
	CONSTRAINT "queue_samples_queue_id_minute_pk" PRIMARY KEY("queue_id","minute")
);
--> statement-breakpoint
CREATE TABLE "queues" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"connection_id" uuid NOT NULL,
	"name" text NOT NULL,
	"type" text NOT NULL,
	"custody" text NOT NULL,
	"source" text NOT NULL,
	"dead_letter_signs" text DEFAULT '[]' NOT NULL,
	"warnings" text DEFAULT '[]' NOT NULL,
	"depth_kind" text DEFAULT 'unknown' NOT NULL,
	"ready" bigint,
	"in_flight" bigint,
	"consumers" integer,
	"measured_at" timestamp (3) with time zone,
	"gone_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "queues_connection_name" UNIQUE("connection_id","name")
);
--> statement-breakpoint
CREATE TABLE "source_minutes" (
	"source_id" uuid NOT NULL,
	"minute" timestamp (3) with time zone NOT NULL,
	"died" integer DEFAULT 0 NOT NULL,
	"resent" integer DEFAULT 0 NOT NULL,
	"discarded" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "source_minutes_key" UNIQUE("source_id","minute")
);
--> statement-breakpoint
CREATE TABLE "sources" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"connection_id" uuid NOT NULL,
	"name" text NOT NULL,
	"source" text NOT NULL,
	"custody" text NOT NULL,
	"managed_by" text NOT NULL,
	"capturing" boolean NOT NULL,
	"consent_by" text,
	"consent_at" timestamp (3) with time zone,
	"watch_seconds" integer DEFAULT 300 NOT NULL,
	"cursor" text,
	"captured" bigint DEFAULT 0 NOT NULL,
	"last_captured_at" timestamp (3) with time zone,
	"fault_code" text,
	"fault_detail" text,
	"fault_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sources_connection_name" UNIQUE("connection_id","name")
);
--> statement-breakpoint
CREATE TABLE "leases" (
	"name" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	"token" bigint NOT NULL,
	"until" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "workers" (
	"id" text PRIMARY KEY NOT NULL,
	"host" text NOT NULL,
	"pid" integer NOT NULL,
	"version" text NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"beat_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"duties" text DEFAULT '[]' NOT NULL
);
--> statement-breakpoint
ALTER TABLE "capture_batches" ADD CONSTRAINT "capture_batches_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deaths" ADD CONSTRAINT "deaths_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_minutes" ADD CONSTRAINT "group_minutes_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "messages" ADD CONSTRAINT "messages_group_id_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation_items" ADD CONSTRAINT "operation_items_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_people_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_people_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queue_samples" ADD CONSTRAINT "queue_samples_queue_id_queues_id_fk" FOREIGN KEY ("queue_id") REFERENCES "public"."queues"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "queues" ADD CONSTRAINT "queues_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_minutes" ADD CONSTRAINT "source_minutes_source_id_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sources" ADD CONSTRAINT "sources_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempts_message" ON "attempts" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "revisions_message" ON "revisions" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "audit_act" ON "audit" USING btree ("act","id");--> statement-breakpoint
CREATE INDEX "commands_open" ON "commands" USING btree ("created_at") WHERE state in ('waiting', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "deaths_identity" ON "deaths" USING btree ("source_id","identity");--> statement-breakpoint
CREATE INDEX "deaths_message" ON "deaths" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "events_message" ON "events" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "groups_last_seen" ON "groups" USING btree ("last_seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "messages_position" ON "messages" USING btree ("position");--> statement-breakpoint
CREATE INDEX "messages_state" ON "messages" USING btree ("state","position");--> statement-breakpoint
CREATE INDEX "messages_source" ON "messages" USING btree ("source_id","state","position");--> statement-breakpoint
CREATE INDEX "messages_group" ON "messages" USING btree ("group_id","state","position");--> statement-breakpoint
CREATE INDEX "messages_queued" ON "messages" USING btree ("operation_id","position") WHERE state = 'queued';--> statement-breakpoint
CREATE INDEX "messages_sending" ON "messages" USING btree ("lease_until") WHERE state = 'sending';--> statement-breakpoint
CREATE INDEX "messages_resent" ON "messages" USING btree ("watch_until") WHERE state = 'resent';--> statement-breakpoint
CREATE INDEX "operation_items_outcome" ON "operation_items" USING btree ("operation_id","outcome");--> statement-breakpoint
CREATE INDEX "operations_open" ON "operations" USING btree ("created_at") WHERE state in ('running', 'paused');--> statement-breakpoint
CREATE INDEX "operations_created" ON "operations" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "accounts_user" ON "accounts" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");