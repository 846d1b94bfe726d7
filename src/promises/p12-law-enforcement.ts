/** P12: authorities get what the law requires, and the person hears of it. */
import { HOUR, MINUTE, now } from '../clock.ts'
import { rightsTo } from './catalog.ts'
import type { Look } from './look.ts'
import type { Keeper, Promised } from './promise.ts'

const FIXED = [
  'legal_demands',
  'legal_demand_papers',
  'legal_demand_scopes',
  'legal_demand_findings',
  'legal_demand_bars',
  'legal_demand_releases',
]

const keptBy: readonly Keeper[] = [
  {
    trigger: 'legal_demand_releases_guarded',
    says: 'nothing is handed over without a basis in law, two people, and the notice or a bar on it',
  },
  { trigger: 'legal_demand_approvals_guarded', says: 'only what the law requires can be approved' },
  { trigger: 'legal_demand_people_guarded', says: 'nobody is told while a bar stands, and nothing of it is changed afterwards' },
  { trigger: 'legal_demand_bars_guarded', says: 'a bar is renewed by a document alone' },
  ...FIXED.map((table) => ({ trigger: `${table}_fixed`, says: 'the register is only ever added to' })),
  { trigger: 'legal_demand_people_stay', says: 'nor is anybody taken out whom a demand names' },
  { constraint: 'legal_demand_findings_reasoned', says: '“required by law” needs every check, and the law' },
  { constraint: 'legal_demand_bars_founded', says: 'a bar has a legal basis and an end' },
  { job: 'disclosures.watch', says: 'tells people on the day on which a bar lapses' },
  { page: '/privacy/demands', says: 'counts demands, refusals, people and notices' },
]

export const p12: Promised = {
  name: 'P12',
  says: 'Law enforcement receives data only where the law requires it, such as under a court order, and the person is always told, unless the law forbids telling, and then as soon as it no longer does.',
  keptBy,
  looksAt:
    'Each release of data, for its basis, its two people and who was told; each person whom a demand names, for a bar that has lapsed without a notice; who may write in the register; and whether the public page counts what is there.',
  async check(look) {
    await lookAtReleases(look)
    await lookAtTelling(look)
    await lookAtRegister(look)
    await lookAtPage(look)
  },
}

const NEWEST = 'select * from legal_demand_releases order by id desc limit 2000'

async function lookAtReleases(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number }>('legal', 'select count(*)::int as all from legal_demand_releases')
  look.count('releases', row?.all ?? 0)
  await look.none('questions about releases', {
    purpose: 'legal',
    text: `select r.id::text as id from (${NEWEST}) r left join legal_demand_findings f on f.id = r.finding_id
            where f.id is null or f.ending <> 'required' or btrim(f.legal_basis) = '' or f.scope_id <> r.scope_id`,
    says: 'data was handed over without a basis in law',
  })
  // An approver who was erased is no longer named, and has approved all the same.
  await look.none('questions about releases', {
    purpose: 'legal',
    text: `select r.id::text as id from (${NEWEST}) r
            where (select count(distinct coalesce(a.by_id, a.id)) from legal_demand_approvals a where a.finding_id = r.finding_id and a.approved_at <= r.released_at) < 2`,
    says: 'data was handed over without a second person',
  })
}

/** The clock tells every ten minutes, so that an hour after a bar lapsed everybody has been told. */
async function lookAtTelling(look: Look): Promise<void> {
  const [row] = await look.rows<{ all: number }>(
    'legal',
    'select count(*)::int as all from legal_demand_people where person_id is not null',
  )
  look.count('people named', row?.all ?? 0)
  await look.none('questions about telling', {
    purpose: 'legal',
    text: `with bars as (select distinct on (demand_id) demand_id, ends_at from legal_demand_bars order by demand_id, id desc)
           select distinct p.demand_id::text as id from legal_demand_people p left join bars b on b.demand_id = p.demand_id
            where p.person_id is not null and p.told_at is null and p.scope_id = (select s.id from legal_demand_scopes s where s.demand_id = p.demand_id order by s.id desc limit 1)
              and case when b.demand_id is not null then b.ends_at < $1
                  else exists (select from legal_demand_releases r where r.demand_id = p.demand_id and r.released_at < $1) end`,
    values: [new Date(now().getTime() - HOUR)],
    says: 'nothing forbids it, and somebody whom a demand names was not told',
  })
  await look.none('questions about telling', {
    purpose: 'legal',
    text: `select p.demand_id::text as id from legal_demand_people p join legal_demand_bars b on b.demand_id = p.demand_id
            where p.told_at is not null and b.noted_at <= p.told_at and b.ends_at > p.told_at + $1::interval
              and not exists (select from legal_demand_bars l where l.demand_id = b.demand_id and l.id > b.id)`,
    values: [`${MINUTE / 1000} seconds`],
    says: 'somebody was told while a bar stood',
  })
}

async function lookAtRegister(look: Look): Promise<void> {
  const changes = await rightsTo(look, 'update', FIXED)
  look.find(...changes.map(({ login, table, column }) => `${login} may change ${table}.${column}`))
  const insert = (await rightsTo(look, 'insert', ['legal_demand_releases'])).filter(({ purpose }) => purpose !== 'legal')
  look.find(...new Set(insert.map(({ login }) => `${login} may enter a release`)))
}

/** The page adds up to what stands in the register. */
async function lookAtPage(look: Look): Promise<void> {
  const { text } = await look.get('/privacy/demands')
  const plain = text.replace(/<[^>]+>/g, '\n')
  const shown = [...plain.matchAll(/Answered with data\s+(\d+)/g)].reduce((sum, [, many]) => sum + Number(many), 0)
  const [row] = await look.rows<{ all: number }>(
    'legal',
    'select count(distinct r.demand_id)::int as all from legal_demand_releases r join legal_demands d on d.id = r.demand_id where not d.in_ranges',
  )
  look.expect(
    'sums',
    shown >= (row?.all ?? 0),
    `the page of demands shows ${shown} that were answered with data, and there are ${row?.all ?? 0}`,
  )
}
