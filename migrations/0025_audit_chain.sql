-- The keys to people are not in src/audit/tables.ts, because people is a room above it.
alter table audit_details add constraint audit_details_person_fk foreign key (person_id) references people (id) on delete restrict;
--> statement-breakpoint
alter table audit_details add constraint audit_details_actor_fk foreign key (actor_id) references people (id) on delete restrict;
--> statement-breakpoint
-- What an entry of the chain is a hash of; docs/operate.md describes it for verifiers.
create function audit_hash(entry audit_entries, previous bytea) returns bytea
  language sql stable set search_path = pg_catalog, pg_temp as $$
  select sha256(convert_to(concat_ws(E'\n', entry.number, entry.act, encode(entry.about, 'hex'), encode(entry.actor, 'hex'),
    to_char(entry.done_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), encode(previous, 'hex')), 'UTF8'))
$$;
--> statement-breakpoint
-- Adds what was done to the chain, at the very end of its transaction: whoever waits for the chain then holds nothing
-- that anybody before them waits for. Logins of the program may put details in; only this function adds entries.
create function audit_append() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  entry audit_entries;
  last audit_entries;
begin
  perform pg_advisory_xact_lock(7201906);
  select * into last from audit_entries order by number desc limit 1;
  entry.number := coalesce(last.number, 0) + 1;
  entry.act := new.act;
  entry.about := sha256(new.nonce || convert_to(concat_ws(' ', 'about', coalesce(new.thing_id::text, '-'), coalesce(new.person_id::text, '-')), 'UTF8'));
  entry.actor := sha256(new.nonce || convert_to(concat_ws(' ', 'actor', coalesce(new.actor_id::text, '-')), 'UTF8'));
  entry.done_at := date_trunc('milliseconds', new.done_at);
  entry.hash := audit_hash(entry, coalesce(last.hash, ''::bytea));
  insert into audit_entries values (entry.number, entry.act, entry.about, entry.actor, entry.done_at, entry.hash);
  update audit_details set number = entry.number where id = new.id;
  return null;
end $$;
--> statement-breakpoint
create constraint trigger audit_details_chained after insert on audit_details
  deferrable initially deferred for each row execute function audit_append();
--> statement-breakpoint
create function audit_refuse() returns trigger language plpgsql as $$
begin
  raise insufficient_privilege using message = 'the record of what was done is only ever added to';
end $$;
--> statement-breakpoint
create trigger audit_entries_fixed before update or delete or truncate on audit_entries
  for each statement execute function audit_refuse();
