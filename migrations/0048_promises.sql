CREATE TABLE "promise_changes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"promise" text NOT NULL,
	"standing" text NOT NULL,
	"since_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "promise_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"promise" text NOT NULL,
	"standing" text NOT NULL,
	"examined" text[] NOT NULL,
	"findings" text[] NOT NULL,
	"ran_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "promise_changes_promise" ON "promise_changes" USING btree ("promise","since_at");--> statement-breakpoint
CREATE INDEX "promise_runs_promise" ON "promise_runs" USING btree ("promise","ran_at");--> statement-breakpoint
CREATE INDEX "promise_runs_at" ON "promise_runs" USING btree ("ran_at");