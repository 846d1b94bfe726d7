CREATE TABLE "deposits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"membership_id" uuid NOT NULL,
	"cents" bigint NOT NULL,
	"asked_by" uuid,
	"asked_at" timestamp with time zone NOT NULL,
	"stripe_invoice" text,
	"paid_at" timestamp with time zone,
	"returned_cents" bigint,
	"returned_at" timestamp with time zone,
	CONSTRAINT "deposits_cents" CHECK ("deposits"."cents" between 1 and 100000000),
	CONSTRAINT "deposits_stripe_invoice" CHECK ("deposits"."stripe_invoice" ~ '^in_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "deposits_returned" CHECK (("deposits"."returned_at" is null) = ("deposits"."returned_cents" is null))
);
--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "credit" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "customers" ADD COLUMN "exposure_limit" bigint;--> statement-breakpoint
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_asked_by_people_id_fk" FOREIGN KEY ("asked_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "deposits_open" ON "deposits" USING btree ("membership_id") WHERE "deposits"."paid_at" is null;--> statement-breakpoint
CREATE INDEX "deposits_membership" ON "deposits" USING btree ("membership_id");--> statement-breakpoint
CREATE INDEX "deposits_person" ON "deposits" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "deposits_asker" ON "deposits" USING btree ("asked_by");--> statement-breakpoint
CREATE INDEX "deposits_asked" ON "deposits" USING btree ("asked_at");--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_exposure_limit" CHECK ("customers"."exposure_limit" between 0 and 100000000);--> statement-breakpoint
ALTER TABLE "deposits" ADD CONSTRAINT "deposits_membership_fk" FOREIGN KEY ("membership_id") REFERENCES "public"."memberships"("id") ON DELETE restrict ON UPDATE no action;
