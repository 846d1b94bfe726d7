CREATE TABLE "reconciliations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"begun_at" timestamp with time zone NOT NULL,
	"done_at" timestamp with time zone,
	"events" integer DEFAULT 0 NOT NULL,
	"asked" integer DEFAULT 0 NOT NULL,
	"customers" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "stripe_findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"mark" text NOT NULL,
	"destination" text,
	"times" integer DEFAULT 1 NOT NULL,
	"found_at" timestamp with time zone NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"mended_at" timestamp with time zone,
	"mended_by" text,
	CONSTRAINT "stripe_findings_mark" CHECK ("stripe_findings"."mark" ~ '^[A-Za-z0-9_-]{43}$'),
	CONSTRAINT "stripe_findings_destination" CHECK ("stripe_findings"."destination" ~ '^(ed|we)_[A-Za-z0-9_]{6,250}$'),
	CONSTRAINT "stripe_findings_mended" CHECK (("stripe_findings"."mended_at" is null) = ("stripe_findings"."mended_by" is null))
);
--> statement-breakpoint
CREATE TABLE "stripe_tombstones" (
	"mark" text PRIMARY KEY NOT NULL,
	"closed_at" timestamp with time zone NOT NULL,
	"kept_until_at" timestamp with time zone NOT NULL,
	CONSTRAINT "stripe_tombstones_mark" CHECK ("stripe_tombstones"."mark" ~ '^[A-Za-z0-9_-]{43}$')
);
--> statement-breakpoint
CREATE INDEX "reconciliations_begun" ON "reconciliations" USING btree ("begun_at");--> statement-breakpoint
CREATE UNIQUE INDEX "stripe_findings_open" ON "stripe_findings" USING btree ("kind","mark") WHERE "stripe_findings"."mended_at" is null;--> statement-breakpoint
CREATE INDEX "stripe_findings_seen" ON "stripe_findings" USING btree ("seen_at");--> statement-breakpoint
CREATE INDEX "stripe_tombstones_until" ON "stripe_tombstones" USING btree ("kept_until_at");