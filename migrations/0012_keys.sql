CREATE TABLE "program_answers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"key_id" uuid NOT NULL,
	"person_id" uuid,
	"asked_hash" text NOT NULL,
	"body_hash" text NOT NULL,
	"status" integer NOT NULL,
	"body" jsonb,
	"answered_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "program_keys" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"key_hash" text NOT NULL,
	"start" text NOT NULL,
	"scopes" text[] NOT NULL,
	"service" text,
	"made_by" uuid,
	"made_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone,
	"used_at" timestamp with time zone,
	"revoked_by" uuid,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "program_answers" ADD CONSTRAINT "program_answers_key_id_program_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."program_keys"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_answers" ADD CONSTRAINT "program_answers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_keys" ADD CONSTRAINT "program_keys_made_by_people_id_fk" FOREIGN KEY ("made_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "program_keys" ADD CONSTRAINT "program_keys_revoked_by_people_id_fk" FOREIGN KEY ("revoked_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "program_answers_asked" ON "program_answers" USING btree ("key_id","asked_hash");--> statement-breakpoint
CREATE INDEX "program_answers_person" ON "program_answers" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "program_answers_at" ON "program_answers" USING btree ("answered_at");--> statement-breakpoint
CREATE UNIQUE INDEX "program_keys_hash" ON "program_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE INDEX "program_keys_made_by" ON "program_keys" USING btree ("made_by");--> statement-breakpoint
CREATE INDEX "program_keys_revoked_by" ON "program_keys" USING btree ("revoked_by");--> statement-breakpoint
CREATE INDEX "program_keys_revoked" ON "program_keys" USING btree ("revoked_at");