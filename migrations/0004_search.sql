-- Every run of one, two and three signs of a text, whatever its script: an index over them finds any
-- part of a name or an address. (pg_trgm knows letters by the server's locale, and of "Анна" or "王伟" nothing.)
CREATE FUNCTION search_parts(value text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  signs text[] := string_to_array(lower(value), NULL);
  parts text[] := signs;
BEGIN
  FOR i IN 1 .. cardinality(signs) - 1 LOOP parts := parts || (signs[i] || signs[i + 1]); END LOOP;
  FOR i IN 1 .. cardinality(signs) - 2 LOOP parts := parts || (signs[i] || signs[i + 1] || signs[i + 2]); END LOOP;
  RETURN parts;
END $$;
--> statement-breakpoint
CREATE TABLE "exports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"staff_id" uuid NOT NULL,
	"people" integer NOT NULL,
	"narrowed" boolean NOT NULL,
	"exported_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
DROP INDEX "people_search";--> statement-breakpoint
ALTER TABLE "exports" ADD CONSTRAINT "exports_staff_id_people_id_fk" FOREIGN KEY ("staff_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "exports_staff" ON "exports" USING btree ("staff_id");--> statement-breakpoint
CREATE INDEX "exports_at" ON "exports" USING btree ("exported_at");--> statement-breakpoint
CREATE INDEX "people_name" ON "people" USING btree ("name" collate "und-x-icu","id");--> statement-breakpoint
CREATE INDEX "people_search" ON "people" USING gin (search_parts("name" || ' ' || "email"));
