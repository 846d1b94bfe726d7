CREATE TABLE "article_votes" (
	"article" text NOT NULL,
	"helped" text NOT NULL,
	"votes" integer NOT NULL,
	"counted_at" timestamp with time zone NOT NULL,
	CONSTRAINT "article_votes_article_helped_pk" PRIMARY KEY("article","helped")
);
--> statement-breakpoint
CREATE TABLE "conversation_keys" (
	"conversation_id" uuid PRIMARY KEY NOT NULL,
	"email" text,
	"wrapped_key" "bytea" NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "conversation_tasks" (
	"conversation_id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"staff_id" uuid,
	"assigned_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "conversation_words" (
	"id" uuid PRIMARY KEY NOT NULL,
	"conversation_id" uuid NOT NULL,
	"person_id" uuid,
	"direction" text NOT NULL,
	"sealed_text" "bytea" NOT NULL,
	"thread_hash" text,
	"sealed_number" "bytea",
	"letter_id" uuid,
	"by" uuid,
	"written_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "conversations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"email" text,
	"name" text,
	"way" text NOT NULL,
	"article" text,
	"incoming_id" uuid,
	"began_at" timestamp with time zone NOT NULL,
	"waiting_since" timestamp with time zone,
	"wrote_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "saved_replies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"title" text NOT NULL,
	"words" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "conversation_keys" ADD CONSTRAINT "conversation_keys_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation_tasks" ADD CONSTRAINT "conversation_tasks_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation_tasks" ADD CONSTRAINT "conversation_tasks_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation_tasks" ADD CONSTRAINT "conversation_tasks_staff_id_people_id_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation_words" ADD CONSTRAINT "conversation_words_conversation_id_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."conversations"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation_words" ADD CONSTRAINT "conversation_words_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversation_words" ADD CONSTRAINT "conversation_words_by_people_id_fk" FOREIGN KEY ("by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "conversation_keys_email" ON "conversation_keys" USING btree ("email");--> statement-breakpoint
CREATE INDEX "conversation_keys_expires" ON "conversation_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "conversation_tasks_person" ON "conversation_tasks" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "conversation_tasks_staff" ON "conversation_tasks" USING btree ("staff_id");--> statement-breakpoint
CREATE INDEX "conversation_tasks_expires" ON "conversation_tasks" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "conversation_words_conversation" ON "conversation_words" USING btree ("conversation_id","id");--> statement-breakpoint
CREATE INDEX "conversation_words_person" ON "conversation_words" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "conversation_words_by" ON "conversation_words" USING btree ("by");--> statement-breakpoint
CREATE INDEX "conversation_words_letter" ON "conversation_words" USING btree ("letter_id");--> statement-breakpoint
CREATE INDEX "conversation_words_thread" ON "conversation_words" USING btree ("thread_hash");--> statement-breakpoint
CREATE INDEX "conversation_words_expires" ON "conversation_words" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "conversations_person" ON "conversations" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "conversations_email" ON "conversations" USING btree ("email");--> statement-breakpoint
CREATE INDEX "conversations_waiting" ON "conversations" USING btree ("waiting_since");--> statement-breakpoint
CREATE INDEX "conversations_closed" ON "conversations" USING btree ("closed_at");--> statement-breakpoint
CREATE INDEX "conversations_wrote" ON "conversations" USING btree ("wrote_at");--> statement-breakpoint
CREATE INDEX "conversations_expires" ON "conversations" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "conversations_incoming" ON "conversations" USING btree ("incoming_id");