/**
 * What a script or an image may say of an action. Nothing in it sets an address, a browser or a moment;
 * a page belongs to the website that it names, which must be a listed one.
 */
import { z } from 'zod'
import type { Action, Kind } from './action.ts'
import { measures } from './pace.ts'
import { looksPersonal, tidy, tidyPath } from './tidy.ts'

/** Bytes of a body. */
export const LONGEST_BODY = 4_096
const MOST_ACTIONS = 20
const MOST_PROPERTIES = 10

const kinds = { v: 'view', a: 'action', l: 'link', f: 'file', m: 'missing', t: 'time', p: 'pace' } as const satisfies Record<string, Kind>

const told = z.strictObject({
  k: z.enum(['v', 'a', 'l', 'f', 'm', 't', 'p']),
  /** The page's address. */
  u: z.string().max(2_000),
  /** The page that linked here. */
  r: z.string().max(2_000).optional(),
  /** The action's name, the host that was linked, the file, the measure. */
  n: z.string().max(200).optional(),
  /** Properties of a custom action. */
  d: z.record(z.string().max(60), z.union([z.string().max(200), z.number(), z.boolean()])).optional(),
  /** Seconds, or the measured speed. */
  s: z.number().min(0).max(1e6).optional(),
  /** Minutes by which the reader's clock is ahead of UTC. */
  z: z.number().int().min(-840).max(840).optional(),
})
type Told = z.infer<typeof told>
const body = z.array(told).min(1).max(MOST_ACTIONS)

/** What was told, with what is no longer of use taken out. */
export interface Said extends Pick<Action, 'kind' | 'page' | 'label' | 'properties' | 'amount' | 'zone'> {
  readonly host: string
  readonly referring: string | undefined
  readonly query: string
}

/** Reads a body; undefined when it cannot be one. */
export function readBody(text: string): Said[] | undefined {
  const read = parsed(text)
  if (!read) return undefined
  const said = read.map(saidBy)
  return said.every((one) => one !== undefined) ? said : undefined
}

function parsed(text: string): Told[] | undefined {
  try {
    const result = body.safeParse(JSON.parse(text))
    return result.success ? result.data : undefined
  } catch {
    return undefined
  }
}

/** One action; undefined when it makes no sense. */
function saidBy({ k, u, r, n = '', d = {}, s, z }: Told): Said | undefined {
  const address = URL.parse(u)
  if (!address) return undefined
  const { protocol, host, pathname, search } = address
  const kind = kinds[k]
  const label = labelOf(kind, n)
  if (!/^https?:$/.test(protocol) || label === undefined) return undefined
  if ((kind === 'time' || kind === 'pace') && s === undefined) return undefined
  return {
    kind,
    host: host.toLowerCase(),
    page: tidyPath(pathname),
    label,
    properties: kind === 'action' ? propertiesOf(d) : [],
    // As exact as a store keeps it: what is too small for that is nothing.
    amount: kind === 'time' || kind === 'pace' ? Math.fround(s ?? 0) : null,
    zone: z === undefined ? null : Math.round(z / 15),
    referring: r,
    query: search.slice(1),
  }
}

function labelOf(kind: Kind, name: string): string | undefined {
  if (kind === 'pace') return measures.find((measure) => measure === name)
  if (kind === 'file') return tidyPath(name)
  if (kind === 'link') return tidy(name.toLowerCase(), 100) || undefined
  if (kind === 'action') return tidy(name, 60) || undefined
  return ''
}

/** `name = value`, without those that look personal and those beyond the tenth. */
function propertiesOf(said: Readonly<Record<string, string | number | boolean>>): string[] {
  const properties = Object.entries(said).slice(0, MOST_PROPERTIES)
  const kept = properties.map(([name, value]) => [tidy(name, 40), tidy(String(value), 80)] as const)
  return kept.filter(([name, value]) => name && value && !looksPersonal(`${name} ${value}`)).map(([name, value]) => `${name} = ${value}`)
}

/** What an image reports, for readers without script: the page by its own address, or as the browser names it. */
export function readImage(address: string | undefined, referring: string | undefined): Said | undefined {
  const page = address ?? referring
  return page === undefined || page.length > 2_000 ? undefined : saidBy({ k: 'v', u: page })
}
