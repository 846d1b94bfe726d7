CREATE TABLE "restrictions" (
	"person_id" uuid PRIMARY KEY NOT NULL,
	"since_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "restrictions" ADD CONSTRAINT "restrictions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;