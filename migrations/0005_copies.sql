DROP TABLE "copies" CASCADE;--> statement-breakpoint
DROP TABLE "copy_parts" CASCADE;