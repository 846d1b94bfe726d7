CREATE TABLE "issue_acts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"issue_id" uuid NOT NULL,
	"act" text NOT NULL,
	"by_id" uuid,
	"done_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "issue_images" (
	"name" text PRIMARY KEY NOT NULL,
	"issue_id" uuid NOT NULL,
	"type" text NOT NULL,
	"bytes" "bytea" NOT NULL,
	"alt" text NOT NULL,
	"added_at" timestamp with time zone NOT NULL,
	"added_by" uuid
);
--> statement-breakpoint
CREATE TABLE "issues" (
	"id" uuid PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"topic" text NOT NULL,
	"subject" text NOT NULL,
	"preheader" text NOT NULL,
	"body" text NOT NULL,
	"narrowed" jsonb NOT NULL,
	"begun_at" timestamp with time zone NOT NULL,
	"edited_at" timestamp with time zone NOT NULL,
	"send_at" timestamp with time zone,
	"zone" text
);
--> statement-breakpoint
CREATE TABLE "recipients" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"issue_id" uuid NOT NULL,
	"person_id" uuid NOT NULL,
	"state" text NOT NULL,
	"tries" integer DEFAULT 0 NOT NULL,
	"code" integer,
	"due_at" timestamp with time zone NOT NULL,
	"claimed_at" timestamp with time zone,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "sendings" (
	"issue_id" uuid PRIMARY KEY NOT NULL,
	"fixed_at" timestamp with time zone NOT NULL,
	"total" integer NOT NULL,
	"taken" integer DEFAULT 0 NOT NULL,
	"refused" integer DEFAULT 0 NOT NULL,
	"left" integer DEFAULT 0 NOT NULL,
	"uncertain" integer DEFAULT 0 NOT NULL,
	"cancelled" integer DEFAULT 0 NOT NULL,
	"bounced" integer DEFAULT 0 NOT NULL,
	"complained" integer DEFAULT 0 NOT NULL,
	"lease" uuid,
	"leased_until_at" timestamp with time zone,
	"troubled_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "letters" ADD COLUMN "headers" jsonb;--> statement-breakpoint
ALTER TABLE "issue_acts" ADD CONSTRAINT "issue_acts_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "issue_acts" ADD CONSTRAINT "issue_acts_by_id_people_id_fk" FOREIGN KEY ("by_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "issue_images" ADD CONSTRAINT "issue_images_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "issue_images" ADD CONSTRAINT "issue_images_added_by_people_id_fk" FOREIGN KEY ("added_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "issues" ADD CONSTRAINT "issues_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recipients" ADD CONSTRAINT "recipients_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recipients" ADD CONSTRAINT "recipients_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sendings" ADD CONSTRAINT "sendings_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "issue_acts_issue" ON "issue_acts" USING btree ("issue_id","done_at","id");--> statement-breakpoint
CREATE INDEX "issue_acts_by" ON "issue_acts" USING btree ("by_id");--> statement-breakpoint
CREATE INDEX "issue_images_issue" ON "issue_images" USING btree ("issue_id");--> statement-breakpoint
CREATE INDEX "issue_images_by" ON "issue_images" USING btree ("added_by");--> statement-breakpoint
CREATE UNIQUE INDEX "issues_slug" ON "issues" USING btree ("slug");--> statement-breakpoint
CREATE INDEX "issues_topic" ON "issues" USING btree ("topic");--> statement-breakpoint
CREATE INDEX "issues_send" ON "issues" USING btree ("send_at");--> statement-breakpoint
CREATE INDEX "recipients_person" ON "recipients" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "recipients_due" ON "recipients" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "recipients_waiting" ON "recipients" USING btree ("issue_id","id") WHERE "recipients"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "recipients_claimed" ON "recipients" USING btree ("issue_id") WHERE "recipients"."state" = 'claimed';