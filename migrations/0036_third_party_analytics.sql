CREATE TABLE "consent_words" (
	"version" text PRIMARY KEY NOT NULL,
	"words" text NOT NULL,
	"first_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"version" text NOT NULL,
	"agreed" text[] NOT NULL,
	"refused" text[] NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "outgoing_actions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"consent_id" uuid NOT NULL,
	"person_id" uuid,
	"sealed" "bytea" NOT NULL,
	"tries" integer NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"until_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_version_consent_words_version_fk" FOREIGN KEY ("version") REFERENCES "public"."consent_words"("version") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outgoing_actions" ADD CONSTRAINT "outgoing_actions_consent_id_consents_id_fk" FOREIGN KEY ("consent_id") REFERENCES "public"."consents"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outgoing_actions" ADD CONSTRAINT "outgoing_actions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "consents_person" ON "consents" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "consents_decided" ON "consents" USING btree ("decided_at");--> statement-breakpoint
CREATE INDEX "outgoing_actions_due" ON "outgoing_actions" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "outgoing_actions_until" ON "outgoing_actions" USING btree ("until_at");--> statement-breakpoint
CREATE INDEX "outgoing_actions_consent" ON "outgoing_actions" USING btree ("consent_id");--> statement-breakpoint
CREATE INDEX "outgoing_actions_person" ON "outgoing_actions" USING btree ("person_id");