CREATE TABLE "forgotten_addresses" (
	"address_hash" text PRIMARY KEY NOT NULL,
	"forgotten_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_files" (
	"import_id" uuid PRIMARY KEY NOT NULL,
	"sealed_file" "bytea" NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "import_rows" (
	"import_id" uuid NOT NULL,
	"line" integer NOT NULL,
	"last_line" integer NOT NULL,
	"state" text NOT NULL,
	"email" text,
	"name" text,
	"language" text,
	"agreed_at" timestamp with time zone,
	"source" text,
	"wording" text,
	"flaw_column" text,
	"flaw" text,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "import_rows_import_id_line_pk" PRIMARY KEY("import_id","line")
);
--> statement-breakpoint
CREATE TABLE "import_signatures" (
	"import_id" uuid PRIMARY KEY NOT NULL,
	"signed_by" uuid,
	"statement" text NOT NULL,
	"signed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" uuid PRIMARY KEY NOT NULL,
	"uploaded_by" uuid,
	"uploaded_at" timestamp with time zone NOT NULL,
	"origin" text NOT NULL,
	"columns" text[] NOT NULL,
	"mapping" jsonb,
	"topics" text[] DEFAULT '{}' NOT NULL,
	"proof" text,
	"wording" text,
	"source" text,
	"agreed_at" timestamp with time zone,
	"described_at" timestamp with time zone,
	"read_at" timestamp with time zone,
	"expected" jsonb,
	"started_at" timestamp with time zone,
	"became" jsonb,
	"finished_at" timestamp with time zone,
	"expires_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "import_files" ADD CONSTRAINT "import_files_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_rows" ADD CONSTRAINT "import_rows_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_signatures" ADD CONSTRAINT "import_signatures_import_id_imports_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."imports"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "import_signatures" ADD CONSTRAINT "import_signatures_signed_by_people_id_fk" FOREIGN KEY ("signed_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_uploaded_by_people_id_fk" FOREIGN KEY ("uploaded_by") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "forgotten_addresses_at" ON "forgotten_addresses" USING btree ("forgotten_at");--> statement-breakpoint
CREATE INDEX "import_files_expires" ON "import_files" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "import_rows_email" ON "import_rows" USING btree ("email");--> statement-breakpoint
CREATE INDEX "import_rows_expires" ON "import_rows" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "import_signatures_signed_by" ON "import_signatures" USING btree ("signed_by");--> statement-breakpoint
CREATE INDEX "imports_uploaded_by" ON "imports" USING btree ("uploaded_by");--> statement-breakpoint
CREATE INDEX "imports_expires" ON "imports" USING btree ("expires_at");