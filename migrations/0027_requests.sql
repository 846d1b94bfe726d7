CREATE TABLE "request_keys" (
	"request_id" uuid PRIMARY KEY NOT NULL,
	"email" text,
	"wrapped_key" "bytea" NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "request_letters" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"person_id" uuid,
	"direction" text NOT NULL,
	"sealed_text" "bytea" NOT NULL,
	"thread_hash" text,
	"by" uuid,
	"written_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "request_papers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"person_id" uuid,
	"what" text NOT NULL,
	"type" text NOT NULL,
	"bytes" integer NOT NULL,
	"sealed_name" "bytea" NOT NULL,
	"sealed_paper" "bytea" NOT NULL,
	"came_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "request_steps" (
	"id" uuid PRIMARY KEY NOT NULL,
	"request_id" uuid NOT NULL,
	"person_id" uuid,
	"what" text NOT NULL,
	"detail" text,
	"by" uuid,
	"happened_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid,
	"email" text,
	"kind" text NOT NULL,
	"channel" text NOT NULL,
	"regime" text NOT NULL,
	"received_at" timestamp with time zone NOT NULL,
	"received_on" date NOT NULL,
	"acknowledge_by" date,
	"answer_by" date NOT NULL,
	"extendable_to" date,
	"proof_hash" text,
	"proof_until" timestamp with time zone,
	"proven_at" timestamp with time zone,
	"copy_hash" text,
	"copy_until" timestamp with time zone,
	"incoming_id" uuid,
	"closed_at" timestamp with time zone,
	"ending" text,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "request_keys" ADD CONSTRAINT "request_keys_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_letters" ADD CONSTRAINT "request_letters_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_letters" ADD CONSTRAINT "request_letters_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_letters" ADD CONSTRAINT "request_letters_by_people_id_fk" FOREIGN KEY ("by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_papers" ADD CONSTRAINT "request_papers_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_papers" ADD CONSTRAINT "request_papers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_steps" ADD CONSTRAINT "request_steps_request_id_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."requests"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_steps" ADD CONSTRAINT "request_steps_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "request_steps" ADD CONSTRAINT "request_steps_by_people_id_fk" FOREIGN KEY ("by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "requests" ADD CONSTRAINT "requests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "request_keys_email" ON "request_keys" USING btree ("email");--> statement-breakpoint
CREATE INDEX "request_keys_expires" ON "request_keys" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "request_letters_request" ON "request_letters" USING btree ("request_id","id");--> statement-breakpoint
CREATE INDEX "request_letters_person" ON "request_letters" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "request_letters_by" ON "request_letters" USING btree ("by");--> statement-breakpoint
CREATE INDEX "request_letters_thread" ON "request_letters" USING btree ("thread_hash");--> statement-breakpoint
CREATE INDEX "request_letters_expires" ON "request_letters" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "request_papers_request" ON "request_papers" USING btree ("request_id");--> statement-breakpoint
CREATE INDEX "request_papers_person" ON "request_papers" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "request_papers_expires" ON "request_papers" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "request_steps_request" ON "request_steps" USING btree ("request_id","id");--> statement-breakpoint
CREATE INDEX "request_steps_person" ON "request_steps" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "request_steps_by" ON "request_steps" USING btree ("by");--> statement-breakpoint
CREATE INDEX "request_steps_expires" ON "request_steps" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "requests_person" ON "requests" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "requests_email" ON "requests" USING btree ("email");--> statement-breakpoint
CREATE INDEX "requests_answer_by" ON "requests" USING btree ("answer_by","id");--> statement-breakpoint
CREATE INDEX "requests_expires" ON "requests" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_proof" ON "requests" USING btree ("proof_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_copy" ON "requests" USING btree ("copy_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_incoming" ON "requests" USING btree ("incoming_id");