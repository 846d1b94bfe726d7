CREATE TABLE "erasure_marks" (
	"mark" text PRIMARY KEY NOT NULL,
	"erased_at" timestamp with time zone NOT NULL,
	"noted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "erasure_marks_noted" ON "erasure_marks" USING btree ("noted_at");--> statement-breakpoint
CREATE INDEX "erasure_marks_at" ON "erasure_marks" USING btree ("erased_at");