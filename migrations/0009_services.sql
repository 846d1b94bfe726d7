CREATE TABLE "membership_steps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"membership_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"step" text NOT NULL,
	"by" text NOT NULL,
	"happened_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"service_id" uuid NOT NULL,
	"plan_id" uuid NOT NULL,
	"next_plan_id" uuid,
	"seats" integer DEFAULT 1 NOT NULL,
	"standing" text NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"paid_until_at" timestamp with time zone,
	"grace_until_at" timestamp with time zone,
	"leaves_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "memberships_ended_is_ended" CHECK (("memberships"."standing" = 'ended') = ("memberships"."ended_at" is not null)),
	CONSTRAINT "memberships_seats" CHECK ("memberships"."seats" between 1 and 100000)
);
--> statement-breakpoint
CREATE TABLE "plans" (
	"id" uuid PRIMARY KEY NOT NULL,
	"service_id" uuid NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"kind" text NOT NULL,
	"lookup_key" text,
	"amounts" jsonb NOT NULL,
	"tiers" jsonb NOT NULL,
	"every" text NOT NULL,
	"tax" text NOT NULL,
	"trial_days" integer DEFAULT 0 NOT NULL,
	"grace_days" integer DEFAULT 7 NOT NULL,
	"meter" text,
	"limits" jsonb NOT NULL,
	"place" integer NOT NULL,
	"offered_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone,
	"retired_at" timestamp with time zone,
	CONSTRAINT "plans_paid_by_key" CHECK (("plans"."kind" = 'free') = ("plans"."lookup_key" is null)),
	CONSTRAINT "plans_metered" CHECK (("plans"."kind" in ('metered', 'tiered')) = ("plans"."meter" is not null))
);
--> statement-breakpoint
CREATE TABLE "services" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"title" text NOT NULL,
	"summary" text NOT NULL,
	"words" text NOT NULL,
	"help" text,
	"place" integer NOT NULL,
	"listed_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "usage_records" (
	"service_id" uuid NOT NULL,
	"record" text NOT NULL,
	"membership_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"meter" text NOT NULL,
	"quantity" bigint NOT NULL,
	"happened_at" timestamp with time zone NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"billed_at" timestamp with time zone,
	CONSTRAINT "usage_records_service_id_record_pk" PRIMARY KEY("service_id","record"),
	CONSTRAINT "usage_records_quantity" CHECK ("usage_records"."quantity" between 0 and 1000000000000)
);
--> statement-breakpoint
ALTER TABLE "membership_steps" ADD CONSTRAINT "membership_steps_membership_id_memberships_id_fk" FOREIGN KEY ("membership_id") REFERENCES "public"."memberships"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "membership_steps" ADD CONSTRAINT "membership_steps_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_plan_id_plans_id_fk" FOREIGN KEY ("plan_id") REFERENCES "public"."plans"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_next_plan_id_plans_id_fk" FOREIGN KEY ("next_plan_id") REFERENCES "public"."plans"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "plans" ADD CONSTRAINT "plans_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_records" ADD CONSTRAINT "usage_records_service_id_services_id_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_records" ADD CONSTRAINT "usage_records_membership_id_memberships_id_fk" FOREIGN KEY ("membership_id") REFERENCES "public"."memberships"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "usage_records" ADD CONSTRAINT "usage_records_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "membership_steps_membership" ON "membership_steps" USING btree ("membership_id","happened_at");--> statement-breakpoint
CREATE INDEX "membership_steps_person" ON "membership_steps" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "membership_steps_at" ON "membership_steps" USING btree ("happened_at");--> statement-breakpoint
CREATE UNIQUE INDEX "memberships_living" ON "memberships" USING btree ("person_id","service_id") WHERE "memberships"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "memberships_person" ON "memberships" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "memberships_service" ON "memberships" USING btree ("service_id","standing");--> statement-breakpoint
CREATE INDEX "memberships_ended" ON "memberships" USING btree ("ended_at");--> statement-breakpoint
CREATE UNIQUE INDEX "plans_slug" ON "plans" USING btree ("service_id","slug");--> statement-breakpoint
CREATE UNIQUE INDEX "services_slug" ON "services" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "usage_records_membership" ON "usage_records" USING btree ("membership_id","meter","happened_at");--> statement-breakpoint
CREATE INDEX "usage_records_person" ON "usage_records" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "usage_records_received" ON "usage_records" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "usage_records_unbilled" ON "usage_records" USING btree ("received_at") WHERE "usage_records"."billed_at" is null;