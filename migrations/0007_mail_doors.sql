CREATE TABLE "incoming_letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"mailbox" text NOT NULL,
	"content_hash" text NOT NULL,
	"sealed_letter" "bytea",
	"received_at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "signing_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"domain" text NOT NULL,
	"selector" text NOT NULL,
	"public_key" text NOT NULL,
	"sealed_key" "bytea" NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"signs_since" timestamp with time zone,
	"retired_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "soft_bounces" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address_hash" text NOT NULL,
	"person_id" uuid,
	"about_id" uuid NOT NULL,
	"code" text,
	"bounced_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "suppressions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"address_hash" text NOT NULL,
	"person_id" uuid,
	"why" text NOT NULL,
	"evidence" text NOT NULL,
	"about_id" uuid,
	"code" text,
	"suppressed_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"lifted_at" timestamp with time zone,
	"lifted_by" text
);
--> statement-breakpoint
ALTER TABLE "letters" ADD COLUMN "held_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "letters" ADD COLUMN "bounced_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "letters" ADD COLUMN "bounce_code" text;--> statement-breakpoint
CREATE UNIQUE INDEX "incoming_letters_content" ON "incoming_letters" USING btree ("content_hash");--> statement-breakpoint
CREATE INDEX "incoming_letters_received" ON "incoming_letters" USING btree ("received_at");--> statement-breakpoint
CREATE UNIQUE INDEX "signing_keys_selector" ON "signing_keys" USING btree ("domain","selector");--> statement-breakpoint
CREATE INDEX "signing_keys_retired" ON "signing_keys" USING btree ("retired_at");--> statement-breakpoint
CREATE UNIQUE INDEX "soft_bounces_letter" ON "soft_bounces" USING btree ("address_hash","about_id");--> statement-breakpoint
CREATE INDEX "soft_bounces_person" ON "soft_bounces" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "soft_bounces_at" ON "soft_bounces" USING btree ("bounced_at");--> statement-breakpoint
CREATE UNIQUE INDEX "suppressions_active" ON "suppressions" USING btree ("address_hash","why") WHERE lifted_at is null;--> statement-breakpoint
CREATE INDEX "suppressions_person" ON "suppressions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "suppressions_seen" ON "suppressions" USING btree ("seen_at");--> statement-breakpoint
CREATE INDEX "suppressions_at" ON "suppressions" USING btree ("suppressed_at");