CREATE TABLE "erasures_asked" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"waits_for" text NOT NULL,
	"asked_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "erasures_asked" ADD CONSTRAINT "erasures_asked_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;