CREATE TABLE "customers" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"stripe_customer" text NOT NULL,
	"stripe_payment_method" text,
	"made_at" timestamp with time zone NOT NULL,
	"synced_at" timestamp with time zone,
	"closed_at" timestamp with time zone,
	CONSTRAINT "customers_stripe_customer" CHECK ("customers"."stripe_customer" ~ '^cus_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "customers_stripe_payment_method" CHECK ("customers"."stripe_payment_method" ~ '^pm_[A-Za-z0-9_]{6,250}$')
);
--> statement-breakpoint
CREATE TABLE "qualification_policies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"service_id" uuid,
	"version" integer NOT NULL,
	"terms" jsonb NOT NULL,
	"author_id" uuid,
	"made_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "qualifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"membership_id" uuid NOT NULL,
	"policy_version" integer NOT NULL,
	"outcome" text NOT NULL,
	"reasons" jsonb NOT NULL,
	"card_hash" text,
	"stripe_setup" text,
	"stripe_payment_method" text,
	"decided_by" uuid,
	"seconded_by" uuid,
	"asked_for_human_at" timestamp with time zone,
	"decided_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "qualifications_setup" CHECK ("qualifications"."stripe_setup" ~ '^seti_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "qualifications_payment_method" CHECK ("qualifications"."stripe_payment_method" ~ '^pm_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "qualifications_two_people" CHECK ("qualifications"."seconded_by" is distinct from "qualifications"."decided_by" or "qualifications"."seconded_by" is null)
);
--> statement-breakpoint
CREATE TABLE "stripe_inbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"event" text NOT NULL,
	"type" text NOT NULL,
	"object" text,
	"received_at" timestamp with time zone NOT NULL,
	"done_at" timestamp with time zone,
	CONSTRAINT "stripe_inbox_event_key" CHECK ("stripe_inbox"."event" ~ '^evt_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "stripe_inbox_type" CHECK ("stripe_inbox"."type" ~ '^[a-z0-9_.]{3,100}$'),
	CONSTRAINT "stripe_inbox_object" CHECK ("stripe_inbox"."object" ~ '^[a-z]{2,20}_[A-Za-z0-9_]{6,250}$')
);
--> statement-breakpoint
CREATE TABLE "stripe_invoices" (
	"stripe_invoice" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"stripe_subscription" text,
	"status" text NOT NULL,
	"due" bigint NOT NULL,
	"paid" bigint NOT NULL,
	"currency" text NOT NULL,
	"attempts" integer NOT NULL,
	"next_attempt_at" timestamp with time zone,
	"made_at" timestamp with time zone NOT NULL,
	"paid_at" timestamp with time zone,
	CONSTRAINT "stripe_invoices_key" CHECK ("stripe_invoices"."stripe_invoice" ~ '^in_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "stripe_invoices_subscription" CHECK ("stripe_invoices"."stripe_subscription" ~ '^sub_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "stripe_invoices_status" CHECK ("stripe_invoices"."status" ~ '^[a-z_]{4,30}$'),
	CONSTRAINT "stripe_invoices_currency" CHECK ("stripe_invoices"."currency" ~ '^[a-z]{3}$')
);
--> statement-breakpoint
CREATE TABLE "stripe_subscriptions" (
	"stripe_subscription" text PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"membership_id" uuid NOT NULL,
	"status" text NOT NULL,
	"lookup_key" text,
	"quantity" integer,
	"cents" bigint,
	"currency" text NOT NULL,
	"every" text,
	"period_end_at" timestamp with time zone,
	"cancel_at" timestamp with time zone,
	"begun_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	CONSTRAINT "stripe_subscriptions_key" CHECK ("stripe_subscriptions"."stripe_subscription" ~ '^sub_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "stripe_subscriptions_status" CHECK ("stripe_subscriptions"."status" ~ '^[a-z_]{4,30}$'),
	CONSTRAINT "stripe_subscriptions_currency" CHECK ("stripe_subscriptions"."currency" ~ '^[a-z]{3}$'),
	CONSTRAINT "stripe_subscriptions_every" CHECK ("stripe_subscriptions"."every" in ('day', 'week', 'month', 'year')),
	CONSTRAINT "stripe_subscriptions_price" CHECK ("stripe_subscriptions"."lookup_key" ~ '^[A-Za-z0-9_.-]{1,200}$')
);
--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "qualification_policies" ADD CONSTRAINT "qualification_policies_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "qualifications" ADD CONSTRAINT "qualifications_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "qualifications" ADD CONSTRAINT "qualifications_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "qualifications" ADD CONSTRAINT "qualifications_seconded_by_people_id_fk" FOREIGN KEY ("seconded_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stripe_invoices" ADD CONSTRAINT "stripe_invoices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "stripe_subscriptions" ADD CONSTRAINT "stripe_subscriptions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "customers_stripe" ON "customers" USING btree ("stripe_customer");--> statement-breakpoint
CREATE UNIQUE INDEX "qualification_policies_version" ON "qualification_policies" USING btree (coalesce("service_id", '00000000-0000-0000-0000-000000000000'),"version");--> statement-breakpoint
CREATE INDEX "qualification_policies_author" ON "qualification_policies" USING btree ("author_id");--> statement-breakpoint
CREATE INDEX "qualifications_person" ON "qualifications" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "qualifications_membership" ON "qualifications" USING btree ("membership_id","decided_at");--> statement-breakpoint
CREATE INDEX "qualifications_card" ON "qualifications" USING btree ("card_hash");--> statement-breakpoint
CREATE INDEX "qualifications_expires" ON "qualifications" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "qualifications_decider" ON "qualifications" USING btree ("decided_by");--> statement-breakpoint
CREATE INDEX "qualifications_second" ON "qualifications" USING btree ("seconded_by");--> statement-breakpoint
CREATE UNIQUE INDEX "stripe_inbox_event" ON "stripe_inbox" USING btree ("event");--> statement-breakpoint
CREATE INDEX "stripe_inbox_received" ON "stripe_inbox" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "stripe_invoices_person" ON "stripe_invoices" USING btree ("person_id","made_at");--> statement-breakpoint
CREATE INDEX "stripe_invoices_made" ON "stripe_invoices" USING btree ("made_at");--> statement-breakpoint
CREATE INDEX "stripe_subscriptions_person" ON "stripe_subscriptions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "stripe_subscriptions_membership" ON "stripe_subscriptions" USING btree ("membership_id");--> statement-breakpoint
CREATE INDEX "stripe_subscriptions_ended" ON "stripe_subscriptions" USING btree ("ended_at");