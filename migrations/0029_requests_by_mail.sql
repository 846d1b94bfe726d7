DROP INDEX "requests_incoming";--> statement-breakpoint
ALTER TABLE "request_steps" ADD COLUMN "letter_id" uuid;--> statement-breakpoint
CREATE INDEX "request_steps_letter" ON "request_steps" USING btree ("letter_id");--> statement-breakpoint
CREATE UNIQUE INDEX "requests_incoming" ON "requests" USING btree ("incoming_id","kind");