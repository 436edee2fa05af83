CREATE TABLE "schemas" (
	"connection_id" uuid NOT NULL,
	"registry" text NOT NULL,
	"schema_id" bigint NOT NULL,
	"type" text NOT NULL,
	"text" text NOT NULL,
	"references" text NOT NULL,
	"fetched_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schemas_connection_id_registry_schema_id_pk" PRIMARY KEY("connection_id","registry","schema_id")
);
--> statement-breakpoint
ALTER TABLE "schemas" ADD CONSTRAINT "schemas_connection_id_connections_id_fk" FOREIGN KEY ("connection_id") REFERENCES "public"."connections"("id") ON DELETE cascade ON UPDATE no action;