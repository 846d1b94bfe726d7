/** Recording what is done on the websites: reports of scripts and images, and pages of our own as they are answered. */
import { now } from '../clock.ts'
import type { Database } from '../database/connection.ts'
import { logFault } from '../log.ts'
import type { House } from '../web/house.ts'
import type { Action } from './action.ts'
import { arrivalOf } from './arrival.ts'
import { dayNow } from './dimension.ts'
import { Intake, Overrun, Sources } from './intake.ts'
import type { Said } from './payload.ts'
import { letGo } from './outgoing.ts'
import { type Salt, saltOf } from './salt.ts'
import { type Asker, readerOf, sourceOf, unseen, visitorOf } from './sight.ts'
import { storeOf } from './store.ts'
import { tidyPath } from './tidy.ts'
import { nothingUnderWay } from './under-way.ts'

interface Desk {
  readonly intake: Intake
  readonly sources: Sources
  /** Hosts whose pages are counted. */
  readonly hosts: ReadonlySet<string>
}

const desks = new WeakMap<Database, Desk>()

function deskOf(house: House): Desk {
  const known = desks.get(house.db)
  if (known) return known
  const { hosts, navigationSites } = house.config
  const desk: Desk = {
    intake: new Intake(storeOf(house)),
    sources: new Sources(),
    hosts: new Set([...hosts, ...navigationSites.map((site) => new URL(site).host)]),
  }
  desks.set(house.db, desk)
  return desk
}

/** Resolves once everything that was noted is written; before the house closes. */
export async function settleRecording(db: Database): Promise<void> {
  await desks.get(db)?.intake.settled()
  await nothingUnderWay(db)
}

/** How the way in stands; undefined before anything was noted. */
export const intakeOf = (db: Database): Intake['state'] | undefined => desks.get(db)?.intake.state

export type Outcome = 'kept' | 'left out' | 'unlisted' | 'too many' | 'later'

/**
 * Records what a script or an image reported; it does not throw. `tell` hears the outcome: `kept` once it is durable.
 * Nothing is promised or awaited on the way, since this runs with every action.
 */
export function report(house: House, asker: Asker, said: readonly Said[], tell: (outcome: Outcome) => void): void {
  const fail = (fault: unknown): void => {
    if (!(fault instanceof Overrun)) logFault('navigation.not-kept', fault)
    tell('later')
  }
  try {
    const { intake, sources, hosts } = deskOf(house)
    if (!said.every(({ host }) => hosts.has(host))) return tell('unlisted')
    if (unseen(asker)) return tell('left out')
    const at = now()
    if (!sources.admits(sourceOf(asker), said.length)) return tell('too many')
    const keep = (salt: Salt): void => {
      const actions = actionsOf(asker, { said, at, salt, hosts })
      intake.report(actions, (fault) => {
        if (fault !== undefined) return fail(fault)
        letGo(house, asker, { actions, salt })
        tell('kept')
      })
    }
    // It comes for the first action of a day, and is there for all others.
    const salt = saltOf(house.db, dayNow(at))
    if (salt instanceof Promise) salt.then(keep).catch(fail)
    else keep(salt)
  } catch (fault) {
    fail(fault)
  }
}

/** A page of our own, as it was asked for. */
export interface Shown {
  readonly url: string
  readonly page: string
  readonly kind: 'view' | 'missing'
}

/** Notes a page of our own that was answered; nobody waits for it. */
export function note(house: House, asker: Asker, { url, page, kind }: Shown): void {
  if (unseen(asker)) return
  const { intake, hosts } = deskOf(house)
  const at = now()
  const { host, search } = new URL(url)
  const said: Said = {
    kind,
    host: (asker.header('host') ?? host).toLowerCase(),
    page: tidyPath(page),
    label: '',
    properties: [],
    amount: null,
    zone: null,
    referring: asker.header('referer'),
    query: search.slice(1),
  }
  const make = async (): Promise<Action[]> => {
    const salt = await saltOf(house.db, dayNow(at))
    const actions = actionsOf(asker, { said: [said], at, salt, hosts })
    letGo(house, asker, { actions, salt })
    return actions
  }
  void intake.note(make())
}

interface Seen {
  readonly said: readonly Said[]
  readonly at: Date
  readonly salt: Salt
  readonly hosts: ReadonlySet<string>
}

function actionsOf(asker: Asker, { said, at, salt, hosts }: Seen): Action[] {
  // Each by its name, since to spread a second object into one costs more than all else here.
  const { browser, version, language, device, country, region } = readerOf(asker)
  const visitor = visitorOf(asker, salt)
  return said.map(({ kind, host, page, label, properties, amount, zone, referring, query }) => ({
    ...arrivalOf({ host, referring, query }, hosts),
    browser,
    version,
    language,
    device,
    country,
    region,
    kind,
    page,
    properties,
    amount,
    zone,
    visitor,
    at,
    host: host.replace(/:\d+$/, ''),
    label: kind === 'missing' ? page : label,
  }))
}
