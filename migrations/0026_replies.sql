CREATE TABLE "issue_replies" (
	"incoming_id" uuid PRIMARY KEY NOT NULL,
	"issue_id" uuid NOT NULL,
	"replied_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "issue_replies" ADD CONSTRAINT "issue_replies_issue_id_issues_id_fk" FOREIGN KEY ("issue_id") REFERENCES "public"."issues"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "issue_replies_issue" ON "issue_replies" USING btree ("issue_id");