CREATE INDEX "corrections_at" ON "corrections" USING btree ("corrected_at");--> statement-breakpoint
CREATE INDEX "receipts_at" ON "receipts" USING btree ("erased_at");