CREATE TABLE "dsr_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"dsr_service_id" uuid NOT NULL,
	"person_id" uuid,
	"kind" text NOT NULL,
	"field" text,
	"standing" text NOT NULL,
	"sealed_results" "bytea",
	"made_at" timestamp with time zone NOT NULL,
	"taken_at" timestamp with time zone,
	"expected_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "dsr_services" (
	"id" uuid PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"url" text NOT NULL,
	"domain" text NOT NULL,
	"certificate" text NOT NULL,
	"kinds" text[] NOT NULL,
	"sealed_bearer" "bytea",
	"added_by" uuid,
	"added_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tellings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"act" text NOT NULL,
	"recipient" text NOT NULL,
	"name" text NOT NULL,
	"field" text,
	"correction_id" uuid,
	"request_id" uuid,
	"message_id" uuid,
	"sealed_before" "bytea",
	"asked_at" timestamp with time zone NOT NULL,
	"tried_at" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"confirmed_at" timestamp with time zone,
	"how" text
);
--> statement-breakpoint
ALTER TABLE "corrections" ADD COLUMN "sealed_before" "bytea";--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "told" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "requests" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "receipts" ADD COLUMN "complete_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "dsr_requests" ADD CONSTRAINT "dsr_requests_dsr_service_id_dsr_services_id_fk" FOREIGN KEY ("dsr_service_id") REFERENCES "public"."dsr_services"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dsr_requests" ADD CONSTRAINT "dsr_requests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dsr_services" ADD CONSTRAINT "dsr_services_added_by_people_id_fk" FOREIGN KEY ("added_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tellings" ADD CONSTRAINT "tellings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "dsr_requests_person" ON "dsr_requests" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "dsr_requests_service" ON "dsr_requests" USING btree ("dsr_service_id");--> statement-breakpoint
CREATE INDEX "dsr_requests_made" ON "dsr_requests" USING btree ("made_at");--> statement-breakpoint
CREATE INDEX "dsr_services_added_by" ON "dsr_services" USING btree ("added_by");--> statement-breakpoint
CREATE UNIQUE INDEX "tellings_forget" ON "tellings" USING btree ("person_id","recipient") WHERE act = 'forget';--> statement-breakpoint
CREATE UNIQUE INDEX "tellings_correction" ON "tellings" USING btree ("correction_id","recipient");--> statement-breakpoint
CREATE INDEX "tellings_person" ON "tellings" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "tellings_request" ON "tellings" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "tellings_message" ON "tellings" USING btree ("message_id");--> statement-breakpoint
CREATE INDEX "tellings_waiting" ON "tellings" USING btree ("asked_at") WHERE confirmed_at is null;--> statement-breakpoint
CREATE INDEX "tellings_asked" ON "tellings" USING btree ("asked_at");--> statement-breakpoint
ALTER TABLE "erasures_asked" DROP COLUMN "waits_for";--> statement-breakpoint
-- Receipts from before told nobody of whom it was still to be heard.
UPDATE "receipts" SET "complete_at" = "erased_at";
