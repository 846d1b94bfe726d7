CREATE TABLE "audit_details" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" bigint,
	"act" text NOT NULL,
	"thing_id" uuid,
	"person_id" uuid,
	"actor_id" uuid,
	"nonce" "bytea" NOT NULL,
	"done_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"number" bigint PRIMARY KEY NOT NULL,
	"act" text NOT NULL,
	"about" "bytea" NOT NULL,
	"actor" "bytea" NOT NULL,
	"done_at" timestamp with time zone NOT NULL,
	"hash" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX "audit_details_number" ON "audit_details" USING btree ("number");--> statement-breakpoint
CREATE INDEX "audit_details_person" ON "audit_details" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "audit_details_actor" ON "audit_details" USING btree ("actor_id");