/** Somebody in the house whom mutations can happen to, by SQL alone: the program that would do it may be the one that is changed. */
export const PERSON = '01890000-0000-7000-8000-0000000000a1'
export const OTHER = '01890000-0000-7000-8000-0000000000a2'
export const MEMBERSHIP = '01890000-0000-7000-8000-0000000000b1'
export const DEMAND = '01890000-0000-7000-8000-0000000000c1'

/** Two people: the first has a service that is suspended, and another that has ended. */
export const seed: readonly string[] = [
  `insert into people (id, name, email, joined_at) values
     ('${PERSON}', 'Ada', 'ada@example.org', now() - interval '90 days'), ('${OTHER}', 'Bob', 'bob@example.org', now() - interval '90 days')`,
  `insert into memberships (id, person_id, service_id, plan_id, standing, joined_at)
     select '${MEMBERSHIP}', '${PERSON}', p.service_id, p.id, 'suspended', now() - interval '60 days' from plans p order by p.id limit 1`,
]
