/**
 * Telling those whom a demand names: before the release where nothing forbids it, and else by itself on the
 * day on which the bar lapses. The row that their page and copy show and the letter are written by one transaction.
 */
import { and, asc, eq, isNotNull, isNull } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import { type Id, log } from '../log.ts'
import { post } from '../mail/letter.ts'
import { personOf } from '../people/person.ts'
import { may } from '../staff/roles.ts'
import { team } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { type Acting, actsOf, allDemands, type Demand, demandOf, isBarred, note } from './demand.ts'
import { demandLetter, dueLetter } from './emails.ts'
import { legalDemandPreserved } from './kept-tables.ts'
import { noteDisclosed } from './releasing.ts'
import { scopeInWords } from './scope.ts'
import { legalDemandPeople } from './tables.ts'

/** Tells everybody whom a demand names and who was not told; a word says why nobody was. */
export async function tell(house: House, acting: Acting): Promise<'told' | 'barred' | 'unchanged'> {
  const { db } = house
  const demand = await db.as('legal', (tx) => demandOf(tx, acting.id))
  if (!demand?.scope) return 'unchanged'
  if (isBarred(demand)) return 'barred'
  const told = await db.as('rights', (tx) => tellNamed(tx, house, demand))
  if (told === 0) return 'unchanged'
  await db.as('legal', (tx) => note(tx, acting, 'told', `${told} people`))
  return 'told'
}

async function tellNamed(tx: For<'rights'>, house: House, demand: Demand): Promise<number> {
  const { id, personId, scopeId, toldAt, disclosed } = legalDemandPeople
  const rows = await tx
    .select({ id, personId, disclosed })
    .from(legalDemandPeople)
    .where(and(eq(scopeId, demand.scope?.id ?? demand.id), isNotNull(personId), isNull(toldAt)))
    .orderBy(asc(id))
    .for('update', { skipLocked: true })
  for (const row of rows) if (row.personId) await tellOne(tx, house, { demand, row: { ...row, personId: row.personId } })
  return rows.length
}

interface One {
  readonly demand: Demand
  readonly row: { readonly id: Id; readonly personId: Id; readonly disclosed: string | null }
}

async function tellOne(tx: For<'rights'>, house: House, { demand, row }: One): Promise<void> {
  const told = toldOf(demand)
  const at = now()
  await tx.update(legalDemandPeople).set({ told, toldAt: at }).where(eq(legalDemandPeople.id, row.id))
  const set = and(eq(legalDemandPreserved.demandId, demand.id), eq(legalDemandPreserved.personId, row.personId))
  const kept = await tx.update(legalDemandPreserved).set({ toldAt: at }).where(set).returning({ expiresAt: legalDemandPreserved.expiresAt })
  const person = await personOf(tx, row.personId)
  const standing = row.disclosed ?? standingOf(demand, kept[0]?.expiresAt)
  if (person) await post(tx, demandLetter(house, person, { told, standing, waited: demand.bar !== undefined }))
}

const toldOf = ({ authority, instrument, jurisdiction, receivedOn, scope }: Demand): string =>
  `${authority} (${jurisdiction}) demanded data about you on ${receivedOn}, by this instrument: ${instrument}. It covers: ${scope ? scopeInWords(scope) : ''}.`

function standingOf({ kind, finding }: Demand, keptUntil: Date | undefined): string {
  if (keptUntil) return `We set a copy aside until ${keptUntil.toISOString().slice(0, 10)}. Nothing was handed over.`
  if (finding?.ending === 'refused') return 'We refused. Nothing was handed over.'
  if (kind === 'preservation') return 'It asks us to keep data. Nothing was handed over.'
  return finding?.ending === 'required'
    ? 'The law requires us to hand it over. We have not done so yet.'
    : 'We have not decided yet. Nothing was handed over.'
}

/** Everything that is due by the clock: telling where a bar lapsed or nothing forbids it any more, and reminding the team. */
export async function watch(house: House): Promise<void> {
  await house.db.as('rights', noteDisclosed)
  const to = (await house.db.as('support', team)).filter(({ role }) => may(role, 'demands')).map(({ email }) => email)
  for (const demand of await house.db.as('legal', allDemands)) {
    if (demand.named.told < demand.named.people && (await mustTell(house, demand))) await tell(house, { id: demand.id, by: null })
    if (demand.releases.length === 0 && demand.finding?.ending !== 'refused') await remind(house, demand, to)
  }
}

async function mustTell({ db }: House, demand: Demand): Promise<boolean> {
  if (isBarred(demand)) return false
  if (demand.bar || demand.releases.length > 0) return true
  const acts = demand.kind === 'preservation' ? await db.as('legal', (tx) => actsOf(tx, demand.id)) : []
  return acts.some(({ what }) => what === 'preserved')
}

const REMIND_DAYS = 3

async function remind(house: House, { id, dueOn }: Demand, to: readonly string[]): Promise<void> {
  if (now().getTime() < Date.parse(dueOn) - REMIND_DAYS * 86_400_000) return
  await house.db.as('legal', async (tx) => {
    if ((await actsOf(tx, id)).some(({ what, detail }) => (what === 'warned' && detail === dueOn) || what === 'preserved')) return
    await note(tx, { id, by: null }, 'warned', dueOn)
    for (const email of to) await post(tx, dueLetter(house, email, id, dueOn))
    log('demands.warned', { demand: id, letters: to.length })
  })
}
