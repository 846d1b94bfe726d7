CREATE TABLE "actions" (
	"day" date NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"written" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
	"visitor" bigint NOT NULL,
	"kind" text NOT NULL,
	"host" text NOT NULL,
	"page" text NOT NULL,
	"label" text NOT NULL,
	"properties" text[],
	"amount" real,
	"referrer" text NOT NULL,
	"channel" text NOT NULL,
	"source" text NOT NULL,
	"medium" text NOT NULL,
	"campaign" text NOT NULL,
	"term" text NOT NULL,
	"content" text NOT NULL,
	"browser" text NOT NULL,
	"version" text NOT NULL,
	"language" text NOT NULL,
	"device" text NOT NULL,
	"country" text NOT NULL,
	"region" text NOT NULL,
	"zone" smallint
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE TABLE "folded_columns" (
	"day" date NOT NULL,
	"name" text NOT NULL,
	"packed" "bytea" NOT NULL,
	CONSTRAINT "folded_columns_day_name_pk" PRIMARY KEY("day","name")
);
--> statement-breakpoint
CREATE TABLE "folded_days" (
	"day" date PRIMARY KEY NOT NULL,
	"actions" integer NOT NULL,
	"visits" integer NOT NULL,
	"folded_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "navigation_choices" (
	"person_id" uuid NOT NULL,
	"choice" text NOT NULL,
	"answer" text NOT NULL,
	"means" text NOT NULL,
	"wording" text NOT NULL,
	"decided_at" timestamp with time zone NOT NULL,
	CONSTRAINT "navigation_choices_person_id_choice_pk" PRIMARY KEY("person_id","choice")
);
--> statement-breakpoint
CREATE TABLE "paces" (
	"day" date NOT NULL,
	"measure" text NOT NULL,
	"page" text NOT NULL,
	"steps" integer[] NOT NULL,
	CONSTRAINT "paces_day_measure_page_pk" PRIMARY KEY("day","measure","page")
);
--> statement-breakpoint
CREATE TABLE "personal_actions" (
	"person_id" uuid NOT NULL,
	"day_at" timestamp with time zone NOT NULL,
	"page" text NOT NULL,
	"times" integer NOT NULL,
	CONSTRAINT "personal_actions_person_id_day_at_page_pk" PRIMARY KEY("person_id","day_at","page")
);
--> statement-breakpoint
CREATE TABLE "salts" (
	"day" date PRIMARY KEY NOT NULL,
	"sealed" "bytea" NOT NULL,
	"made_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tallies" (
	"dimension" text NOT NULL,
	"day" date NOT NULL,
	"value" text NOT NULL,
	"visitors" integer NOT NULL,
	"visits" integer NOT NULL,
	"views" integer NOT NULL,
	"bounces" integer NOT NULL,
	"seconds" bigint NOT NULL,
	CONSTRAINT "tallies_dimension_day_value_pk" PRIMARY KEY("dimension","day","value")
);
--> statement-breakpoint
ALTER TABLE "navigation_choices" ADD CONSTRAINT "navigation_choices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "personal_actions" ADD CONSTRAINT "personal_actions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "actions_written" ON "actions" USING btree ("written");--> statement-breakpoint
CREATE INDEX "personal_actions_day" ON "personal_actions" USING btree ("day_at");