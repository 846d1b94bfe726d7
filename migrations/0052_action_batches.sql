CREATE TABLE "action_batches" (
	"day" date NOT NULL,
	"written" bigint DEFAULT pg_current_xact_id()::text::bigint NOT NULL,
	"count" integer NOT NULL,
	"lines" text NOT NULL
) PARTITION BY RANGE ("day");
--> statement-breakpoint
CREATE INDEX "action_batches_written" ON "action_batches" USING btree ("written");
--> statement-breakpoint
-- Not compressed: it costs less, is gone tomorrow, and whoever searches the files for something finds it if it is there.
alter table action_batches alter column lines set storage external;
--> statement-breakpoint
-- A day now has two partitions: one for batches, and one for what the version before still writes.
create or replace function open_actions_day(wanted date) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  parent text;
  part text;
begin
  if session_user not like '%\_improvement' then
    raise insufficient_privilege using message = 'only the login of improvement opens a day';
  end if;
  foreach parent in array array['actions', 'action_batches'] loop
    part := parent || '_' || to_char(wanted, 'YYYYMMDD');
    continue when to_regclass(part) is not null;
    perform pg_advisory_xact_lock(7201904);
    execute format('create table if not exists %I partition of %I for values from (%L) to (%L) with (autovacuum_enabled = false)',
                   part, parent, wanted, wanted + 1);
  end loop;
end $$;
--> statement-breakpoint
create or replace function drop_actions_day(wanted date, counted bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part text;
  there bigint;
  in_all bigint := 0;
begin
  if session_user not like '%\_improvement' then
    raise insufficient_privilege using message = 'only the login of improvement drops a day';
  end if;
  foreach part in array array['actions_' || to_char(wanted, 'YYYYMMDD'), 'action_batches_' || to_char(wanted, 'YYYYMMDD')] loop
    continue when to_regclass(part) is null;
    execute format('lock table %I in access exclusive mode', part);
    execute format('select %s from %I', case when part like 'action\_batches%' then 'coalesce(sum(count), 0)' else 'count(*)' end, part) into there;
    in_all := in_all + there;
    execute format('drop table %I', part);
  end loop;
  if in_all <> counted then
    raise serialization_failure using message = 'actions came while the day was counted';
  end if;
end $$;
--> statement-breakpoint
-- The actions in the batches, and those that the version before wrote, each as a row. Who asks needs the right to read
-- both tables. The order of the fields of a line is that of src/navigation/rows.ts; the signs that part lines and fields
-- are U+001E and U+001F, which no text of an action holds.
create function recorded_actions() returns table (
  day date, written bigint, at timestamptz, visitor bigint, amount real, zone smallint, properties text[],
  kind text, host text, page text, label text, referrer text, channel text, source text, medium text, campaign text, term text, content text,
  browser text, version text, language text, device text, country text, region text)
  language sql stable as $$
  select b.day, b.written, f[1]::timestamptz, f[2]::bigint, nullif(f[3], '')::real, nullif(f[4], '')::smallint,
         string_to_array(nullif(f[5], ''), e'\n'),
         f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], f[14], f[15], f[16], f[17], f[18], f[19], f[20], f[21], f[22]
    from action_batches b
   cross join lateral (select string_to_array(line, e'\x1f') as f from string_to_table(b.lines, e'\x1e') as line offset 0) as lines
   union all
  select a.day, a.written, a.at, a.visitor, a.amount, a.zone, a.properties,
         a.kind, a.host, a.page, a.label, a.referrer, a.channel, a.source, a.medium, a.campaign, a.term, a.content,
         a.browser, a.version, a.language, a.device, a.country, a.region
    from actions a
$$;
