CREATE TABLE "guests" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"since_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "departures" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"door" text NOT NULL,
	"issue_id" uuid,
	"language" text,
	"wording" text NOT NULL,
	"source" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"confirmed_at" timestamp with time zone NOT NULL,
	"left_at" timestamp with time zone NOT NULL,
	"undo_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "pending" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" text NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"topics" text[] NOT NULL,
	"language" text,
	"wording" text NOT NULL,
	"source" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "preference_links" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"token_hash" text NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"topic" text NOT NULL,
	"language" text,
	"wording" text NOT NULL,
	"source" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"confirmed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "topics" (
	"slug" text PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"says" text NOT NULL,
	"place" integer NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "guests" ADD CONSTRAINT "guests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "departures" ADD CONSTRAINT "departures_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "departures" ADD CONSTRAINT "departures_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "preference_links" ADD CONSTRAINT "preference_links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_topic_topics_slug_fk" FOREIGN KEY ("topic") REFERENCES "public"."topics"("slug") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "departures_person" ON "departures" USING btree ("person_id","topic");--> statement-breakpoint
CREATE INDEX "departures_issue" ON "departures" USING btree ("issue_id");--> statement-breakpoint
CREATE INDEX "departures_left" ON "departures" USING btree ("left_at");--> statement-breakpoint
CREATE UNIQUE INDEX "pending_token" ON "pending" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "pending_email" ON "pending" USING btree ("email");--> statement-breakpoint
CREATE INDEX "pending_expires" ON "pending" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "preference_links_token" ON "preference_links" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "preference_links_person" ON "preference_links" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "preference_links_expires" ON "preference_links" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "subscriptions_person" ON "subscriptions" USING btree ("person_id","topic");--> statement-breakpoint
CREATE INDEX "subscriptions_topic" ON "subscriptions" USING btree ("topic","id");