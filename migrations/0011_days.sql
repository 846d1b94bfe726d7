-- Each day's actions lie in a partition of their own, so that a day that is over is dropped with its file.
-- Only the tables' owner may make and drop tables; these two let the login of `improvement` do just that.
-- Nothing is sampled for the planner: a sample would outlive the day.
create function open_actions_day(wanted date) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part text := 'actions_' || to_char(wanted, 'YYYYMMDD');
begin
  if session_user not like '%\_improvement' then
    raise insufficient_privilege using message = 'only the login of improvement opens a day';
  end if;
  if to_regclass(part) is not null then return; end if;
  perform pg_advisory_xact_lock(7201904);
  execute format('create table if not exists %I partition of actions for values from (%L) to (%L) with (autovacuum_enabled = false)',
                 part, wanted, wanted + 1);
end $$;
--> statement-breakpoint
create function drop_actions_day(wanted date, counted bigint) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  part text := 'actions_' || to_char(wanted, 'YYYYMMDD');
  there bigint;
begin
  if session_user not like '%\_improvement' then
    raise insufficient_privilege using message = 'only the login of improvement drops a day';
  end if;
  if to_regclass(part) is null then return; end if;
  execute format('lock table %I in access exclusive mode', part);
  execute format('select count(*) from %I', part) into there;
  if there <> counted then
    raise serialization_failure using message = 'actions came while the day was counted';
  end if;
  execute format('drop table %I', part);
end $$;
--> statement-breakpoint
alter table folded_columns alter column packed set storage external;
