CREATE TABLE "copies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"person_id" uuid NOT NULL,
	"making" uuid,
	"rows_done" integer DEFAULT 0 NOT NULL,
	"rows_total" integer NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"ready_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "copy_parts" (
	"copy_id" uuid NOT NULL,
	"part" integer NOT NULL,
	"person_id" uuid NOT NULL,
	"sealed_bytes" "bytea" NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "copy_parts_copy_id_part_pk" PRIMARY KEY("copy_id","part")
);
--> statement-breakpoint
ALTER TABLE "copies" ADD CONSTRAINT "copies_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "copy_parts" ADD CONSTRAINT "copy_parts_copy_id_copies_id_fk" FOREIGN KEY ("copy_id") REFERENCES "public"."copies"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "copy_parts" ADD CONSTRAINT "copy_parts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "copies_person" ON "copies" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "copies_expires" ON "copies" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "copy_parts_person" ON "copy_parts" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "copy_parts_expires" ON "copy_parts" USING btree ("expires_at");