CREATE TABLE "announcements" (
	"processor" text PRIMARY KEY NOT NULL,
	"announced_at" timestamp with time zone NOT NULL,
	"usable_from" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "disclosures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"processor" text NOT NULL,
	"person_id" uuid,
	"categories" text[] NOT NULL,
	"sent_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "disclosures_person" ON "disclosures" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "disclosures_at" ON "disclosures" USING brin ("sent_at");