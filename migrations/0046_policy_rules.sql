-- The rooms of versions and notices do not import each other's tables.
alter table policy_notices add constraint policy_notices_number_fk foreign key (number) references policy_versions (number) on delete restrict;
--> statement-breakpoint
alter table policy_versions add constraint policy_versions_words check (length(source) > 0 and title <> '' and reason <> '');
--> statement-breakpoint
alter table policy_versions add constraint policy_versions_days check (notice_days between 1 and 365);
--> statement-breakpoint
-- What is published stays as it is, for whoever comes: the program's logins have no grant, and the owner meets this.
create function policy_refuse() returns trigger language plpgsql as $$
begin
  raise insufficient_privilege using message = 'what was published of the policy is neither changed nor taken out';
end $$;
--> statement-breakpoint
create trigger policy_versions_fixed before update or delete or truncate on policy_versions
  for each statement execute function policy_refuse();
--> statement-breakpoint
create trigger policy_effects_fixed before update or delete or truncate on policy_effects
  for each statement execute function policy_refuse();
--> statement-breakpoint
create trigger policy_notices_kept before truncate on policy_notices
  for each statement execute function policy_refuse();
--> statement-breakpoint
-- What a new version is bound by is said by the one in force, and not by whoever puts it in. Versions that are put in
-- before any took effect were in force before this program was.
create function policy_version_bind() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform pg_advisory_xact_lock(7201942);
  new.brought := not exists (select from policy_effects);
  new.bound_days := coalesce(
    (select v.notice_days from policy_versions v join policy_effects e on e.number = v.number order by v.number desc limit 1), 0);
  return new;
end $$;
--> statement-breakpoint
create trigger policy_versions_bound before insert on policy_versions
  for each row execute function policy_version_bind();
--> statement-breakpoint
create function policy_version_check() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  last policy_versions;
begin
  select * into last from policy_versions where number < new.number order by number desc limit 1;
  if new.number <> coalesce(last.number, 0) + 1 then
    raise check_violation using message = format('the next version of the policy is %s', coalesce(last.number, 0) + 1);
  end if;
  if new.brought then
    return null;
  end if;
  -- The program's clock may be ahead of the database's, for a demonstration, and is never behind it.
  if new.published_at < clock_timestamp() - interval '5 minutes' then
    raise check_violation using message = 'a version of the policy is not published in the past';
  end if;
  if new.effective_at < greatest(new.published_at, last.effective_at) then
    raise check_violation using message = 'a version of the policy takes effect after it was published, and after the one before it';
  end if;
  if new.material and new.effective_at < new.published_at + make_interval(hours => 24 * new.bound_days) then
    raise check_violation using message =
      format('a material change of the policy takes effect %s days after it was published, at the earliest', new.bound_days);
  end if;
  if not new.material and (new.notice_days < last.notice_days or not (new.purposes <@ last.purposes
      and new.categories <@ last.categories and new.processors <@ last.processors and new.retention <@ last.retention)) then
    raise check_violation using message =
      'a change that adds a purpose, a kind of data, a recipient or another time of keeping, or shortens the notice, is material';
  end if;
  -- Everybody who is known has to hear of a material change. They are put in here, so that nobody can be left out.
  if new.material then
    insert into policy_notices (id, number, person_id, fate, concerned_at, tried_at)
      select gen_random_uuid(), new.number, id, 'waiting', new.published_at, new.published_at from people;
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger policy_versions_checked after insert on policy_versions
  for each row execute function policy_version_check();
--> statement-breakpoint
-- No version takes effect before its day, nor before the notice of it went out to everybody and ran its time.
create function policy_effect_check() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  version policy_versions;
  waiting bigint;
  last_out timestamptz;
begin
  perform pg_advisory_xact_lock(7201942);
  select * into version from policy_versions where number = new.number;
  if new.number > 1 and not exists (select from policy_effects where number = new.number - 1) then
    raise check_violation using message = 'the version before it has not taken effect';
  end if;
  if version.brought then
    return new;
  end if;
  if new.took_effect_at < version.effective_at then
    raise check_violation using message = 'its day has not come';
  end if;
  select count(*) filter (where fate in ('waiting', 'written') and person_id is not null), max(out_at) into waiting, last_out
    from policy_notices where number = new.number;
  if waiting > 0 then
    raise check_violation using message = format('the notice of it has not gone out to %s people', waiting);
  end if;
  if version.material and last_out + make_interval(hours => 24 * version.bound_days) > new.took_effect_at then
    raise check_violation using message = format('the notice of it went out less than %s days ago', version.bound_days);
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger policy_effects_checked before insert on policy_effects
  for each row execute function policy_effect_check();
--> statement-breakpoint
-- Before a version took effect, none of its notices goes away or is given to somebody else.
create function policy_notice_check() returns trigger
  language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    if not exists (select from policy_effects where number = old.number) then
      raise check_violation using message = 'a notice of the policy stays until its version took effect';
    end if;
    return old;
  end if;
  if new.number <> old.number or new.concerned_at <> old.concerned_at or (new.person_id is not null and new.person_id is distinct from old.person_id) then
    raise check_violation using message = 'whom a notice of the policy is for stays as it is';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger policy_notices_checked before update or delete on policy_notices
  for each row execute function policy_notice_check();
