CREATE TABLE "breach_acts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"breach_id" uuid NOT NULL,
	"what" text NOT NULL,
	"detail" text,
	"words" text,
	"by_id" uuid,
	"done_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "breach_facts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"breach_id" uuid NOT NULL,
	"title" text NOT NULL,
	"happened" text NOT NULL,
	"nature" text NOT NULL,
	"began_on" date,
	"ended_on" date,
	"columns" text[] NOT NULL,
	"encrypted" boolean NOT NULL,
	"who" text NOT NULL,
	"service_id" uuid,
	"registered_from" date,
	"registered_until" date,
	"floridians" integer,
	"californians" integer,
	"consequences" text NOT NULL,
	"measures" text NOT NULL,
	"advice" text NOT NULL,
	"known_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "breach_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"breach_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"body" text NOT NULL,
	"written_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "breach_people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"breach_id" uuid NOT NULL,
	"person_id" uuid,
	"place" text,
	"told" text,
	"fate" text NOT NULL,
	"letter_id" uuid,
	"concerned_at" timestamp with time zone NOT NULL,
	"fate_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "breaches" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"processor" text,
	"processor_knew_on" date,
	"aware_at" timestamp with time zone NOT NULL,
	"opened_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "breach_acts" ADD CONSTRAINT "breach_acts_breach_id_breaches_id_fk" FOREIGN KEY ("breach_id") REFERENCES "public"."breaches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_acts" ADD CONSTRAINT "breach_acts_by_id_people_id_fk" FOREIGN KEY ("by_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_facts" ADD CONSTRAINT "breach_facts_breach_id_breaches_id_fk" FOREIGN KEY ("breach_id") REFERENCES "public"."breaches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_notices" ADD CONSTRAINT "breach_notices_breach_id_breaches_id_fk" FOREIGN KEY ("breach_id") REFERENCES "public"."breaches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_people" ADD CONSTRAINT "breach_people_breach_id_breaches_id_fk" FOREIGN KEY ("breach_id") REFERENCES "public"."breaches"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "breach_people" ADD CONSTRAINT "breach_people_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "breach_acts_breach" ON "breach_acts" USING btree ("breach_id","id");--> statement-breakpoint
CREATE INDEX "breach_acts_by" ON "breach_acts" USING btree ("by_id");--> statement-breakpoint
CREATE INDEX "breach_facts_breach" ON "breach_facts" USING btree ("breach_id","id");--> statement-breakpoint
CREATE INDEX "breach_notices_breach" ON "breach_notices" USING btree ("breach_id","kind","id");--> statement-breakpoint
CREATE UNIQUE INDEX "breach_people_once" ON "breach_people" USING btree ("breach_id","person_id");--> statement-breakpoint
CREATE INDEX "breach_people_person" ON "breach_people" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "breach_people_fate" ON "breach_people" USING btree ("breach_id","fate","id");--> statement-breakpoint
CREATE INDEX "breaches_aware" ON "breaches" USING btree ("aware_at");