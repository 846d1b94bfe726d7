/** What is done with data, as the register has it: for which purpose, on which basis, with which tables, and who receives of it. */
import { answersOf, type Basis, bases, type Held } from '../database/classify.ts'
import { type Category, mayRead, type Purpose, purposeNames, purposes } from '../database/purposes.ts'
import type { Config } from '../config.ts'
import { processorsOf } from '../processors/all.ts'
import type { Nameplate } from '../processors/nameplate.ts'
import { register } from '../register.ts'

/** One purpose on one basis. */
export interface Activity {
  /** A name that stays, such as `billing-contract`. */
  readonly key: string
  readonly purpose: Purpose
  readonly basis: Basis
  readonly says: string
  readonly tables: readonly Held[]
  readonly categories: readonly Category[]
  readonly recipients: readonly Nameplate[]
}

const serves = (held: Held, purpose: Purpose): boolean => held.serves.includes(purpose) || (held.reads?.includes(purpose) ?? false)

/** The categories of a table's columns that a purpose may read. */
const readable = (held: Held, purpose: Purpose): Category[] =>
  answersOf(held)
    .map(({ category }) => category)
    .filter((category) => mayRead(purpose, category))

// Visits are about somebody, though nobody can be found by them.
const personal = (held: Held): boolean => held.about !== 'nobody' || Object.values(held.columns).some(([category]) => category === 'visit')

function activityOf(config: Config, purpose: Purpose, basis: Basis): Activity | undefined {
  const tables = register.filter((held) => personal(held) && held.basis === basis && serves(held, purpose)).toReversed()
  if (tables.length === 0) return undefined
  return {
    key: `${purpose}-${basis.replaceAll(' ', '-')}`,
    purpose,
    basis,
    says: purposes[purpose],
    tables,
    categories: [...new Set(tables.flatMap((held) => readable(held, purpose)))],
    recipients: processorsOf(config).filter((processor) => processor.purposes.includes(purpose)),
  }
}

/** Everything that is done with data about people. */
export const activitiesOf = (config: Config): readonly Activity[] =>
  purposeNames.flatMap((purpose) => (Object.keys(bases) as Basis[]).flatMap((basis) => activityOf(config, purpose, basis) ?? []))

/** The categories that a processor receives. */
export const receivedBy = ({ receives }: Nameplate): Category[] => [...new Set(Object.values(receives))]

/** A processor's name as a key: small letters, digits and underscores. */
export const keyOfProcessor = ({ name }: Nameplate): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_|_$/g, '')
