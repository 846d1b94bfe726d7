CREATE TABLE "program_deliveries" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"person_id" uuid,
	"made_at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone,
	"tries" integer DEFAULT 0 NOT NULL,
	"outcome" text,
	"delivered_at" timestamp with time zone,
	"given_up_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "program_endpoints" (
	"id" uuid PRIMARY KEY NOT NULL,
	"url" text NOT NULL,
	"types" text[] NOT NULL,
	"added_by" uuid,
	"added_at" timestamp with time zone NOT NULL,
	"failing_since" timestamp with time zone,
	"off_at" timestamp with time zone,
	"off_by" uuid,
	"off_why" text
);
--> statement-breakpoint
CREATE TABLE "program_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"type" text NOT NULL,
	"data" jsonb NOT NULL,
	"person_id" uuid,
	"happened_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "program_secrets" (
	"id" uuid PRIMARY KEY NOT NULL,
	"endpoint_id" uuid NOT NULL,
	"sealed_secret" "bytea" NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"ends_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "program_deliveries" ADD CONSTRAINT "program_deliveries_event_id_program_events_id_fk" FOREIGN KEY ("event_id") REFERENCES "public"."program_events"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_deliveries" ADD CONSTRAINT "program_deliveries_endpoint_id_program_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."program_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_deliveries" ADD CONSTRAINT "program_deliveries_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_endpoints" ADD CONSTRAINT "program_endpoints_added_by_people_id_fk" FOREIGN KEY ("added_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_endpoints" ADD CONSTRAINT "program_endpoints_off_by_people_id_fk" FOREIGN KEY ("off_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_events" ADD CONSTRAINT "program_events_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_secrets" ADD CONSTRAINT "program_secrets_endpoint_id_program_endpoints_id_fk" FOREIGN KEY ("endpoint_id") REFERENCES "public"."program_endpoints"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "program_deliveries_once" ON "program_deliveries" USING btree ("endpoint_id","event_id");--> statement-breakpoint
CREATE INDEX "program_deliveries_event" ON "program_deliveries" USING btree ("event_id");--> statement-breakpoint
CREATE INDEX "program_deliveries_person" ON "program_deliveries" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "program_deliveries_due" ON "program_deliveries" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "program_deliveries_made" ON "program_deliveries" USING btree ("made_at");--> statement-breakpoint
CREATE INDEX "program_endpoints_added_by" ON "program_endpoints" USING btree ("added_by");--> statement-breakpoint
CREATE INDEX "program_endpoints_off_by" ON "program_endpoints" USING btree ("off_by");--> statement-breakpoint
CREATE INDEX "program_events_person" ON "program_events" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "program_events_at" ON "program_events" USING btree ("happened_at");--> statement-breakpoint
CREATE INDEX "program_secrets_endpoint" ON "program_secrets" USING btree ("endpoint_id");--> statement-breakpoint
CREATE INDEX "program_secrets_ends" ON "program_secrets" USING btree ("ends_at");