-- What is paid for and what was decided belong to memberships. The keys are not in src/billing/tables.ts because
-- rooms do not import each other's tables.
ALTER TABLE "stripe_subscriptions" ADD CONSTRAINT "stripe_subscriptions_membership_fk" FOREIGN KEY ("membership_id") REFERENCES "public"."memberships"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "qualifications" ADD CONSTRAINT "qualifications_membership_fk" FOREIGN KEY ("membership_id") REFERENCES "public"."memberships"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "qualification_policies" ADD CONSTRAINT "qualification_policies_service_fk" FOREIGN KEY ("service_id") REFERENCES "public"."services"("id") ON DELETE restrict ON UPDATE no action;
