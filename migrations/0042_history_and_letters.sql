CREATE TABLE "history_imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"origin" text NOT NULL,
	"site" text NOT NULL,
	"tables" jsonb NOT NULL,
	"flaws" jsonb NOT NULL,
	"flawed" integer NOT NULL,
	"first_day" date NOT NULL,
	"last_day" date NOT NULL,
	"dimensions" text[] NOT NULL,
	"days" integer NOT NULL,
	"packed" "bytea",
	"uploaded_at" timestamp with time zone NOT NULL,
	"confirmed_at" timestamp with time zone,
	"days_done" integer DEFAULT 0 NOT NULL,
	"days_kept" integer DEFAULT 0 NOT NULL,
	"finished_at" timestamp with time zone,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "history_tallies" (
	"import_id" uuid NOT NULL,
	"dimension" text NOT NULL,
	"day" date NOT NULL,
	"value" text NOT NULL,
	"visitors" integer NOT NULL,
	"visits" integer NOT NULL,
	"views" integer NOT NULL,
	"bounces" integer NOT NULL,
	"seconds" bigint NOT NULL,
	CONSTRAINT "history_tallies_dimension_day_import_id_value_pk" PRIMARY KEY("dimension","day","import_id","value")
);
--> statement-breakpoint
CREATE TABLE "report_letters" (
	"person_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	CONSTRAINT "report_letters_person_id_kind_pk" PRIMARY KEY("person_id","kind")
);
--> statement-breakpoint
CREATE TABLE "report_occasions" (
	"day" date NOT NULL,
	"site" text NOT NULL,
	"occasion" text NOT NULL,
	"noted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "report_occasions_day_site_occasion_pk" PRIMARY KEY("day","site","occasion")
);
--> statement-breakpoint
ALTER TABLE "history_tallies" ADD CONSTRAINT "history_tallies_import_id_history_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."history_imports"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_letters" ADD CONSTRAINT "report_letters_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "history_imports_expires" ON "history_imports" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "history_tallies_import" ON "history_tallies" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "report_occasions_noted" ON "report_occasions" USING btree ("noted_at");