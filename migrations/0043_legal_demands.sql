CREATE TABLE "legal_demand_acts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"what" text NOT NULL,
	"detail" text,
	"by_id" uuid,
	"done_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_approvals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"scope_id" uuid NOT NULL,
	"finding_id" uuid NOT NULL,
	"by_id" uuid,
	"approved_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_preserved" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"person_id" uuid,
	"sealed_data" "bytea" NOT NULL,
	"data_hash" text NOT NULL,
	"preserved_at" timestamp with time zone NOT NULL,
	"told_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_releases" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"scope_id" uuid NOT NULL,
	"finding_id" uuid NOT NULL,
	"people" integer NOT NULL,
	"rows" integer NOT NULL,
	"bytes" integer NOT NULL,
	"file_hash" text NOT NULL,
	"released_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_bars" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"legal_basis" text NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"paper_id" uuid,
	"noted_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_findings" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"scope_id" uuid NOT NULL,
	"competent" boolean NOT NULL,
	"valid" boolean NOT NULL,
	"applies" boolean NOT NULL,
	"specific" boolean NOT NULL,
	"necessary" boolean NOT NULL,
	"ending" text NOT NULL,
	"legal_basis" text NOT NULL,
	"letter" text NOT NULL,
	"found_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_papers" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"content_hash" text NOT NULL,
	"sealed_bytes" "bytea" NOT NULL,
	"filed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_people" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"scope_id" uuid NOT NULL,
	"person_id" uuid,
	"told" text,
	"told_at" timestamp with time zone,
	"disclosed" text,
	"disclosed_at" timestamp with time zone,
	"named_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demand_scopes" (
	"id" uuid PRIMARY KEY NOT NULL,
	"demand_id" uuid NOT NULL,
	"columns" text[] NOT NULL,
	"from_day" date,
	"until_day" date,
	"unknown" integer NOT NULL,
	"why" text NOT NULL,
	"scoped_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "legal_demands" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"authority" text NOT NULL,
	"instrument" text NOT NULL,
	"jurisdiction" text NOT NULL,
	"file_number" text NOT NULL,
	"in_ranges" boolean NOT NULL,
	"received_on" date NOT NULL,
	"due_on" date NOT NULL,
	"entered_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "legal_demand_acts" ADD CONSTRAINT "legal_demand_acts_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_acts" ADD CONSTRAINT "legal_demand_acts_by_id_people_id_fk" FOREIGN KEY ("by_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_approvals" ADD CONSTRAINT "legal_demand_approvals_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_approvals" ADD CONSTRAINT "legal_demand_approvals_scope_id_legal_demand_scopes_id_fk" FOREIGN KEY ("scope_id") REFERENCES "public"."legal_demand_scopes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_approvals" ADD CONSTRAINT "legal_demand_approvals_finding_id_legal_demand_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."legal_demand_findings"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_approvals" ADD CONSTRAINT "legal_demand_approvals_by_id_people_id_fk" FOREIGN KEY ("by_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_preserved" ADD CONSTRAINT "legal_demand_preserved_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_preserved" ADD CONSTRAINT "legal_demand_preserved_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_releases" ADD CONSTRAINT "legal_demand_releases_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_releases" ADD CONSTRAINT "legal_demand_releases_scope_id_legal_demand_scopes_id_fk" FOREIGN KEY ("scope_id") REFERENCES "public"."legal_demand_scopes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_releases" ADD CONSTRAINT "legal_demand_releases_finding_id_legal_demand_findings_id_fk" FOREIGN KEY ("finding_id") REFERENCES "public"."legal_demand_findings"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_bars" ADD CONSTRAINT "legal_demand_bars_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_bars" ADD CONSTRAINT "legal_demand_bars_paper_id_legal_demand_papers_id_fk" FOREIGN KEY ("paper_id") REFERENCES "public"."legal_demand_papers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_findings" ADD CONSTRAINT "legal_demand_findings_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_findings" ADD CONSTRAINT "legal_demand_findings_scope_id_legal_demand_scopes_id_fk" FOREIGN KEY ("scope_id") REFERENCES "public"."legal_demand_scopes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_papers" ADD CONSTRAINT "legal_demand_papers_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_people" ADD CONSTRAINT "legal_demand_people_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_people" ADD CONSTRAINT "legal_demand_people_scope_id_legal_demand_scopes_id_fk" FOREIGN KEY ("scope_id") REFERENCES "public"."legal_demand_scopes"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_people" ADD CONSTRAINT "legal_demand_people_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "legal_demand_scopes" ADD CONSTRAINT "legal_demand_scopes_demand_id_legal_demands_id_fk" FOREIGN KEY ("demand_id") REFERENCES "public"."legal_demands"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "legal_demand_acts_demand" ON "legal_demand_acts" USING btree ("demand_id","id");--> statement-breakpoint
CREATE INDEX "legal_demand_acts_by" ON "legal_demand_acts" USING btree ("by_id");--> statement-breakpoint
CREATE UNIQUE INDEX "legal_demand_approvals_once" ON "legal_demand_approvals" USING btree ("finding_id","by_id");--> statement-breakpoint
CREATE INDEX "legal_demand_approvals_by" ON "legal_demand_approvals" USING btree ("by_id");--> statement-breakpoint
CREATE UNIQUE INDEX "legal_demand_preserved_once" ON "legal_demand_preserved" USING btree ("demand_id","person_id");--> statement-breakpoint
CREATE INDEX "legal_demand_preserved_person" ON "legal_demand_preserved" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "legal_demand_preserved_expires" ON "legal_demand_preserved" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "legal_demand_releases_demand" ON "legal_demand_releases" USING btree ("demand_id");--> statement-breakpoint
CREATE INDEX "legal_demand_bars_demand" ON "legal_demand_bars" USING btree ("demand_id","id");--> statement-breakpoint
CREATE INDEX "legal_demand_findings_demand" ON "legal_demand_findings" USING btree ("demand_id","id");--> statement-breakpoint
CREATE INDEX "legal_demand_papers_demand" ON "legal_demand_papers" USING btree ("demand_id");--> statement-breakpoint
CREATE UNIQUE INDEX "legal_demand_people_once" ON "legal_demand_people" USING btree ("scope_id","person_id");--> statement-breakpoint
CREATE INDEX "legal_demand_people_person" ON "legal_demand_people" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "legal_demand_people_demand" ON "legal_demand_people" USING btree ("demand_id");--> statement-breakpoint
CREATE INDEX "legal_demand_scopes_demand" ON "legal_demand_scopes" USING btree ("demand_id","id");--> statement-breakpoint
CREATE INDEX "legal_demands_due" ON "legal_demands" USING btree ("due_on");--> statement-breakpoint
ALTER TABLE "legal_demand_findings" ADD CONSTRAINT "legal_demand_findings_reasoned" CHECK (
  ending <> 'required' or (competent and valid and applies and specific and necessary and btrim(legal_basis) <> ''));--> statement-breakpoint
ALTER TABLE "legal_demand_findings" ADD CONSTRAINT "legal_demand_findings_answered" CHECK (ending <> 'refused' or btrim(letter) <> '');--> statement-breakpoint
ALTER TABLE "legal_demand_bars" ADD CONSTRAINT "legal_demand_bars_founded" CHECK (btrim(legal_basis) <> '' and ends_at > noted_at);--> statement-breakpoint
-- The register is only added to. This holds for its owner, too, which no grant could stop.
create function legal_demands_refuse() returns trigger language plpgsql as $$
begin
  raise insufficient_privilege using message = 'the register of legal demands is only ever added to';
end $$;
--> statement-breakpoint
create trigger legal_demands_fixed before update or delete or truncate on legal_demands
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_papers_fixed before update or delete or truncate on legal_demand_papers
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_scopes_fixed before update or delete or truncate on legal_demand_scopes
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_findings_fixed before update or delete or truncate on legal_demand_findings
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_bars_fixed before update or delete or truncate on legal_demand_bars
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_releases_fixed before update or delete or truncate on legal_demand_releases
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_approvals_stay before delete or truncate on legal_demand_approvals
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_acts_stay before delete or truncate on legal_demand_acts
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
create trigger legal_demand_people_stay before delete or truncate on legal_demand_people
  for each statement execute function legal_demands_refuse();--> statement-breakpoint
-- Of what was done and approved, erasure may take the author, and nothing else may change.
create function legal_demands_unnamed() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'by_id') is distinct from (to_jsonb(old) - 'by_id') or (new.by_id is not null and new.by_id is distinct from old.by_id) then
    raise insufficient_privilege using message = 'the register of legal demands is only ever added to';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger legal_demand_approvals_fixed before update on legal_demand_approvals
  for each row execute function legal_demands_unnamed();--> statement-breakpoint
create trigger legal_demand_acts_fixed before update on legal_demand_acts
  for each row execute function legal_demands_unnamed();--> statement-breakpoint
-- Of those named, erasure may take who it is; being told and what was handed over are each written once, and telling waits for the bar.
create function legal_demand_people_guard() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (
    (to_jsonb(new) - array['person_id', 'told', 'told_at', 'disclosed', 'disclosed_at'])
      is distinct from (to_jsonb(old) - array['person_id', 'told', 'told_at', 'disclosed', 'disclosed_at'])
    or (new.person_id is not null and new.person_id is distinct from old.person_id)
    or (old.told_at is not null and (new.told_at is distinct from old.told_at or new.told is distinct from old.told))
    or (old.disclosed_at is not null and (new.disclosed_at is distinct from old.disclosed_at or new.disclosed is distinct from old.disclosed)))
  then
    raise insufficient_privilege using message = 'the register of legal demands is only ever added to';
  end if;
  if new.told_at is not null and (tg_op = 'INSERT' or old.told_at is null) and exists (
    select from (select ends_at from legal_demand_bars where demand_id = new.demand_id order by id desc limit 1) bar
     where bar.ends_at > new.told_at)
  then
    raise check_violation using message = 'a bar on telling stands';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger legal_demand_people_guarded before insert or update on legal_demand_people
  for each row execute function legal_demand_people_guard();--> statement-breakpoint
-- A bar may be ended earlier without a document, and no later.
create function legal_demand_bars_guard() returns trigger language plpgsql as $$
begin
  if new.paper_id is null and exists (select from legal_demand_bars where demand_id = new.demand_id and ends_at < new.ends_at) then
    raise check_violation using message = 'a bar on telling is renewed by a document';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger legal_demand_bars_guarded before insert on legal_demand_bars
  for each row execute function legal_demand_bars_guard();--> statement-breakpoint
-- Nobody approves in the name of a finding that is not theirs to approve: it must be of this demand and scope, and end in "required by law".
create function legal_demand_approvals_guard() returns trigger language plpgsql as $$
begin
  if new.by_id is null or not exists (select from legal_demand_findings
    where id = new.finding_id and demand_id = new.demand_id and scope_id = new.scope_id and ending = 'required')
  then
    raise check_violation using message = 'only what the law requires can be approved';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger legal_demand_approvals_guarded before insert on legal_demand_approvals
  for each row execute function legal_demand_approvals_guard();--> statement-breakpoint
-- Nothing is handed over without a basis, two people, and the notice or a bar on it.
create function legal_demand_releases_guard() returns trigger language plpgsql as $$
declare
  way text := (select kind from legal_demands where id = new.demand_id);
  barred boolean := coalesce((select ends_at > new.released_at from legal_demand_bars where demand_id = new.demand_id order by id desc limit 1), false);
begin
  if way = 'preservation' then
    raise check_violation using message = 'a preservation letter hands nothing over';
  end if;
  if new.released_at < now() - interval '1 day' then
    raise check_violation using message = 'a release is not dated back';
  end if;
  if new.scope_id is distinct from (select id from legal_demand_scopes where demand_id = new.demand_id order by id desc limit 1)
    or new.finding_id is distinct from (select id from legal_demand_findings where demand_id = new.demand_id order by id desc limit 1)
    or not exists (select from legal_demand_findings where id = new.finding_id and scope_id = new.scope_id and ending = 'required')
  then
    raise check_violation using message = 'a release needs a basis in law for exactly this scope';
  end if;
  if (select count(distinct by_id) from legal_demand_approvals where finding_id = new.finding_id and approved_at <= new.released_at) < 2 then
    raise check_violation using message = 'a release needs two people';
  end if;
  if way <> 'emergency' and not barred and exists (
    select from legal_demand_people where scope_id = new.scope_id and person_id is not null and told_at is null)
  then
    raise check_violation using message = 'those concerned are told first, unless a bar stands';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger legal_demand_releases_guarded before insert on legal_demand_releases
  for each row execute function legal_demand_releases_guard();
