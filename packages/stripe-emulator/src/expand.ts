/** What is shown of an object: hidden fields stay hidden until asked for, ids become objects where asked for. */
import { invalid } from './errors.ts'
import { kindOf, kinds } from './kinds.ts'
import { resolve } from './schema.ts'
import type { Kind } from './wire.ts'
import { peek, type World } from './world.ts'

type Obj = Record<string, unknown>

/** Fields that Stripe shows only when they are asked for, and how to come by them. */
export type Includable = Record<string, Record<string, (world: World, object: never) => unknown>>

const isObject = (value: unknown): value is Obj => typeof value === 'object' && value !== null

/** The object as it is sent: a copy without hidden fields, expanded where asked for. */
export function present(world: World, includable: Includable, value: unknown, expand: string[]): unknown {
  if (expand.some((path) => path.split('.').length > 4))
    throw invalid('You cannot expand more than 4 levels of a property.', { param: 'expand' })
  return show(
    world,
    includable,
    value,
    expand.map((path) => path.split('.')),
  )
}

function show(world: World, includable: Includable, value: unknown, paths: string[][]): unknown {
  if (Array.isArray(value)) return value.map((each) => show(world, includable, each, paths))
  if (!isObject(value)) return value
  const fields: Obj = {}
  const extra = typeof value.object === 'string' ? includable[value.object] : undefined
  refuseUnknown(value, extra, paths)
  for (const [name, each] of Object.entries(value)) {
    const inside = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
    const object = inside.length > 0 && typeof each === 'string' ? (lookUp(world, each) ?? each) : each
    fields[name] = show(
      world,
      includable,
      object,
      inside.filter((rest) => rest.length > 0),
    )
  }
  for (const [name, find] of Object.entries(extra ?? {})) {
    const inside = paths.filter(([first]) => first === name).map(([, ...rest]) => rest)
    if (inside.length > 0)
      fields[name] = show(
        world,
        includable,
        find(world, value as never),
        inside.filter((rest) => rest.length > 0),
      )
  }
  return fields
}

/** A field that no such object has cannot be expanded; a typing error shows at once. */
function refuseUnknown(value: Obj, extra: object | undefined, paths: string[][]): void {
  if (typeof value.object !== 'string' || value.deleted) return
  const fields = resolve({ $ref: `#/components/schemas/${kinds[value.object as Kind]?.schema}` }).properties
  const wrong = paths.find(([first = '']) => !(first in value) && !(extra && first in extra) && !(fields && first in fields))
  if (wrong) throw invalid(`This property cannot be expanded (${wrong.join('.')}).`, { param: 'expand' })
}

function lookUp(world: World, id: string): unknown {
  const kind = kindOf(id)
  return kind ? peek(world, kind, id) : undefined
}
