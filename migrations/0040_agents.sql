CREATE TABLE "agent_messages" (
	"message_hash" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "agent_requests" (
	"request_id" uuid PRIMARY KEY NOT NULL,
	"agent_id" uuid NOT NULL,
	"person_id" uuid,
	"agent_request_id" text,
	"callback" text,
	"exercise" text NOT NULL,
	"told" text,
	"tries" integer DEFAULT 0 NOT NULL,
	"asked_at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "agents" (
	"id" uuid PRIMARY KEY NOT NULL,
	"agent_id" text NOT NULL,
	"name" text NOT NULL,
	"verify_key" text NOT NULL,
	"token_hash" text,
	"listed_at" timestamp with time zone NOT NULL,
	"paired_at" timestamp with time zone,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "agent_requests" ADD CONSTRAINT "agent_requests_agent_id_agents_id_fk" FOREIGN KEY ("agent_id") REFERENCES "public"."agents"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "agent_requests" ADD CONSTRAINT "agent_requests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "agent_messages_expires" ON "agent_messages" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "agent_requests_once" ON "agent_requests" USING btree ("agent_id","agent_request_id");--> statement-breakpoint
CREATE INDEX "agent_requests_person" ON "agent_requests" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "agent_requests_asked" ON "agent_requests" USING btree ("asked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "agents_agent_id" ON "agents" USING btree ("agent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "agents_token" ON "agents" USING btree ("token_hash");