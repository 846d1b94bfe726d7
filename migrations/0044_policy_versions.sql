CREATE TABLE "policy_notices" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" integer NOT NULL,
	"person_id" uuid,
	"fate" text NOT NULL,
	"letter_id" uuid,
	"concerned_at" timestamp with time zone NOT NULL,
	"out_at" timestamp with time zone,
	"tried_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone,
	CONSTRAINT "policy_notices_out" CHECK ((fate in ('waiting', 'written')) = (out_at is null)),
	CONSTRAINT "policy_notices_order" CHECK (out_at >= concerned_at)
);
--> statement-breakpoint
CREATE TABLE "policy_drafts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"summary" text NOT NULL,
	"written" text NOT NULL,
	"written_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policy_effects" (
	"number" integer PRIMARY KEY NOT NULL,
	"took_effect_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "policy_versions" (
	"number" integer PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"summary" text NOT NULL,
	"source" "bytea" NOT NULL,
	"sha256" text GENERATED ALWAYS AS (encode(sha256(source), 'hex')) STORED NOT NULL,
	"written" text NOT NULL,
	"material" boolean NOT NULL,
	"reason" text NOT NULL,
	"purposes" text[] NOT NULL,
	"categories" text[] NOT NULL,
	"processors" text[] NOT NULL,
	"retention" text[] NOT NULL,
	"notice_days" integer NOT NULL,
	"bound_days" integer DEFAULT 0 NOT NULL,
	"brought" boolean DEFAULT false NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"effective_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "policy_notices" ADD CONSTRAINT "policy_notices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "policy_effects" ADD CONSTRAINT "policy_effects_number_policy_versions_number_fk" FOREIGN KEY ("number") REFERENCES "public"."policy_versions"("number") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "policy_notices_once" ON "policy_notices" USING btree ("number","person_id");--> statement-breakpoint
CREATE INDEX "policy_notices_person" ON "policy_notices" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "policy_notices_fate" ON "policy_notices" USING btree ("number","fate","id");--> statement-breakpoint
CREATE INDEX "policy_notices_at" ON "policy_notices" USING btree ("concerned_at");--> statement-breakpoint
CREATE INDEX "policy_drafts_at" ON "policy_drafts" USING btree ("written_at");