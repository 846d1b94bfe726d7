CREATE TABLE "house_roots" (
	"number" integer PRIMARY KEY NOT NULL,
	"sealed_root" "bytea" NOT NULL,
	"origin" text NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"sealed_at" timestamp with time zone NOT NULL
);
