/** P4: billing information serves two ends. */
import type { Purpose } from '../database/purposes.ts'
import { processors } from '../processors/all.ts'
import { stripe } from '../processors/stripe.ts'
import { rightsTo } from './catalog.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p4: Promised = {
  name: 'P4',
  says: 'Billing information serves two ends only: to find out whether a prospective customer qualifies financially, and to collect payments.',
  keptBy: [
    { constraint: 'qualifications_two_people', says: 'a second person decides with the first where the rules want two' },
    { file: 'src/database/purposes.ts', says: 'the matrix: of all purposes, billing alone uses it' },
    { file: 'src/database/grants.ts', says: 'the grants that are made from the matrix: PostgreSQL refuses every other login' },
    { job: 'billing.reconcile', says: 'compares what we keep with what Stripe says, and keeps nothing more' },
  ],
  looksAt:
    'Which logins of the database server may read, put in or change which column about somebody’s payments; and which company is sent any of it.',
  async check(look) {
    await lookAtLogins(look)
    const receivers = processors.filter(({ receives }) => Object.values(receives).includes('billing'))
    look.count('companies', processors.length)
    look.find(...receivers.filter((plate) => plate !== stripe).map(({ name }) => `somebody else is sent billing information: ${name}`))
  },
}

const TABLES = ['customers', 'deposits', 'qualifications', 'stripe_invoices', 'stripe_subscriptions', 'stripe_inbox']

// Giving somebody what we hold about them, and answering a court, serve the person and the law and not an end of ours.
const MAY: readonly (Purpose | undefined)[] = ['billing', 'rights', 'legal']

/** What a login needs that deletes what is due, or a link to it: numbers of rows, and moments. */
const NUMBER_OR_MOMENT = /^(id|person_id|membership_id|policy_version|decided_by|seconded_by|asked_by|\w+_at)$/

async function lookAtLogins(look: Look): Promise<void> {
  for (const way of ['select', 'update', 'insert'] as const) {
    const rights = (await rightsTo(look, way, TABLES)).filter(({ purpose }) => !MAY.includes(purpose))
    const wrong = rights.filter(({ purpose, column }) => purpose !== 'operations' || way !== 'select' || !NUMBER_OR_MOMENT.test(column))
    const bare = wrong.filter(({ purpose, column }) => !(purpose === 'operations' && isSweeping(way, column)))
    look.find(...bare.map(({ login, table, column }) => `${login} may ${way} ${table}.${column}`))
  }
}

// Whoever sweeps a table may put rows in and change moments, because grants are made for a whole table; it reads none of it.
const isSweeping = (way: string, column: string): boolean => way === 'insert' || (way === 'update' && NUMBER_OR_MOMENT.test(column))
