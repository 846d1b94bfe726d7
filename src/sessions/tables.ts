import { bigint, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import type { Id } from '../log.ts'
import { people } from '../people/tables.ts'

const person = () =>
  idOf('person_id')
    .notNull()
    .references(() => people.id, { onDelete: 'restrict' })
const personAsKey = () =>
  uuid('person_id')
    .primaryKey()
    .$type<Id>()
    .references(() => people.id, { onDelete: 'restrict' })
const YOU = ['reference', 'A number that stands for you'] as const

/** Something that waits for a code, a link or a second factor; gone within minutes. */
export const attempts = pgTable(
  'attempts',
  {
    id: ownId(),
    kind: text({ enum: ['sign-up', 'sign-in', 'second-factor', 'new-address', 'reset', 'proof', 'stranger'] }).notNull(),
    email: text().notNull(),
    name: text(),
    personId: idOf('person_id').references(() => people.id, { onDelete: 'restrict' }),
    invitationId: idOf('invitation_id'),
    means: text({ enum: ['code', 'link', 'password'] }),
    browserHash: text('browser_hash').notNull(),
    codeHash: text('code_hash'),
    linkHash: text('link_hash'),
    tries: integer().notNull().default(0),
    startedAt: moment('started_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('attempts_browser').on(table.browserHash),
    uniqueIndex('attempts_link').on(table.linkHash),
    index('attempts_email').on(table.email),
    index('attempts_person').on(table.personId),
    index('attempts_expires').on(table.expiresAt),
  ],
)

export const attemptsHeld = classify(attempts, {
  says: 'Codes that wait for you',
  about: { person: 'personId', address: 'email' },
  basis: 'contract',
  keptFor: { until: 'expiresAt', says: 'ten minutes' },
  onErasure: 'delete',
  serves: ['security', 'rights', 'operations'],
  leftOut: 'They are good for minutes',
  columns: {
    id: ['reference', 'A number that stands for the attempt'],
    kind: ['record', 'What it is for'],
    email: ['contact', 'The address that the code went to'],
    name: ['contact', 'The name that was given when registering'],
    personId: YOU,
    invitationId: ['reference', 'The invitation that it answers'],
    means: ['session', 'What you gave before the second factor'],
    browserHash: ['credential', 'A hash that ties the attempt to one browser'],
    codeHash: ['credential', 'A hash of the code'],
    linkHash: ['credential', 'A hash of the link'],
    tries: ['record', 'How often a code was tried'],
    startedAt: ['record', 'When it began'],
    expiresAt: ['record', 'When it ends'],
  },
})

export const sessions = pgTable(
  'sessions',
  {
    id: ownId(),
    personId: person(),
    tokenHash: text('token_hash').notNull(),
    browser: text().notNull(),
    means: text({ enum: ['code', 'link', 'password', 'passkey'] }).notNull(),
    startedAt: moment('started_at').notNull(),
    seenAt: moment('seen_at').notNull(),
    provenAt: moment('proven_at').notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('sessions_token').on(table.tokenHash),
    index('sessions_person').on(table.personId, table.startedAt),
    index('sessions_expires').on(table.expiresAt),
  ],
)

export const sessionsHeld = classify(sessions, {
  says: 'Where you are signed in',
  about: { person: 'personId' },
  changedAt: { expiresAt: '/account/security' },
  basis: 'contract',
  keptFor: { until: 'expiresAt', says: '30 days after you last came; 12 hours for staff' },
  onErasure: 'delete',
  serves: ['service', 'security', 'support', 'rights', 'operations'],
  leftOut: 'A session that was ended must not come back: everybody signs in anew',
  columns: {
    id: ['reference', 'A number that stands for the session'],
    personId: YOU,
    tokenHash: ['credential', 'A hash of what the cookie holds'],
    browser: ['session', 'The name of the browser and of its system'],
    means: ['session', 'How you signed in'],
    startedAt: ['record', 'When you signed in'],
    seenAt: ['record', 'When you last came, to the hour'],
    provenAt: ['record', 'When you last proved that it is you'],
    expiresAt: ['record', 'When the session ends'],
  },
})

export const passwords = pgTable('passwords', {
  personId: personAsKey(),
  hash: text().notNull(),
  setAt: moment('set_at').notNull(),
})

export const passwordsHeld = classify(passwords, {
  says: 'Your password',
  about: { person: 'personId' },
  changedAt: { hash: '/account/security/password' },
  basis: 'contract',
  keptFor: { while: 'you use a password' },
  onErasure: 'delete',
  serves: ['security', 'rights'],
  columns: {
    personId: YOU,
    hash: ['credential', 'A hash of your password (argon2id); the password itself is kept nowhere'],
    setAt: ['record', 'When you chose it'],
  },
})

export const passkeys = pgTable(
  'passkeys',
  {
    id: ownId(),
    personId: person(),
    credential: text().notNull(),
    publicKey: bytea('public_key').notNull(),
    // Authenticators count in 32 bits without a sign: more than an integer column holds.
    counter: bigint({ mode: 'number' }).notNull(),
    transports: text().array().notNull(),
    label: text().notNull(),
    addedAt: moment('added_at').notNull(),
    usedAt: moment('used_at'),
  },
  (table) => [uniqueIndex('passkeys_credential').on(table.credential), index('passkeys_person').on(table.personId)],
)

export const passkeysHeld = classify(passkeys, {
  says: 'Your passkeys',
  about: { person: 'personId' },
  changedAt: { credential: '/account/security/passkeys' },
  basis: 'contract',
  keptFor: { while: 'you use them' },
  onErasure: 'delete',
  serves: ['security', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the passkey'],
    personId: YOU,
    credential: ['credential', 'The name by which your device knows the passkey'],
    publicKey: ['credential', 'The public half of the key'],
    counter: ['credential', 'How often it was used, as your device counts'],
    transports: ['credential', 'How your device can be reached'],
    label: ['session', 'The browser in which you added it'],
    addedAt: ['record', 'When you added it'],
    usedAt: ['record', 'When you last used it'],
  },
})

/** What a browser must sign to use a passkey; good once, for five minutes. */
export const challenges = pgTable(
  'challenges',
  {
    browserHash: text('browser_hash').primaryKey(),
    challenge: text().notNull(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [index('challenges_expires').on(table.expiresAt)],
)

export const challengesHeld = classify(challenges, {
  says: 'Riddles for passkeys',
  about: 'nobody',
  basis: 'contract',
  keptFor: { until: 'expiresAt', says: 'five minutes' },
  onErasure: { keep: 'A random riddle names nobody', until: 'it expires, within five minutes' },
  serves: ['security', 'operations'],
  leftOut: 'They are good for minutes',
  columns: {
    browserHash: ['credential', 'A hash that ties the riddle to one browser'],
    challenge: ['credential', 'The random riddle'],
    expiresAt: ['record', 'When it ends'],
  },
})

export const secondFactors = pgTable('second_factors', {
  personId: personAsKey(),
  sealedSecret: bytea('sealed_secret').notNull(),
  lastStep: integer('last_step').notNull(),
  addedAt: moment('added_at').notNull(),
  confirmedAt: moment('confirmed_at'),
})

export const secondFactorsHeld = classify(secondFactors, {
  says: 'Your second factor',
  about: { person: 'personId' },
  changedAt: { sealedSecret: '/account/security' },
  basis: 'contract',
  keptFor: { while: 'you use a second factor' },
  onErasure: 'delete',
  serves: ['security', 'rights'],
  columns: {
    personId: YOU,
    sealedSecret: ['credential', 'The secret that your app shares, sealed under your key'],
    lastStep: ['credential', 'The last code that was used, so that it works once'],
    addedAt: ['record', 'When you began to add it'],
    confirmedAt: ['record', 'When you confirmed it'],
  },
})

export const recoveryCodes = pgTable(
  'recovery_codes',
  { id: ownId(), personId: person(), codeHash: text('code_hash').notNull(), madeAt: moment('made_at').notNull() },
  (table) => [index('recovery_codes_person').on(table.personId)],
)

export const recoveryCodesHeld = classify(recoveryCodes, {
  says: 'Your recovery codes',
  about: { person: 'personId' },
  basis: 'contract',
  keptFor: { while: 'you have not used them' },
  onErasure: 'delete',
  serves: ['security', 'rights'],
  columns: {
    id: ['reference', 'A number that stands for the code'],
    personId: YOU,
    codeHash: ['credential', 'A hash of the code'],
    madeAt: ['record', 'When it was made'],
  },
})

/** People whose sessions are short and who must have a second factor: staff. */
export const strictSessions = pgTable('strict_sessions', { personId: personAsKey(), sinceAt: moment('since_at').notNull() })

export const strictSessionsHeld = classify(strictSessions, {
  says: 'Stricter rules for your sessions',
  about: { person: 'personId' },
  basis: 'legitimate interest',
  keptFor: { while: 'you are a member of staff' },
  onErasure: 'delete',
  serves: ['security', 'support', 'rights'],
  columns: { personId: YOU, sinceAt: ['record', 'Since when they apply'] },
})

export const invitations = pgTable(
  'invitations',
  {
    id: ownId(),
    email: text(),
    role: text(),
    tokenHash: text('token_hash').notNull(),
    invitedBy: idOf('invited_by').references(() => people.id, { onDelete: 'restrict' }),
    invitedAt: moment('invited_at').notNull(),
    answeredBy: idOf('answered_by').references(() => people.id, { onDelete: 'restrict' }),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    uniqueIndex('invitations_token').on(table.tokenHash),
    index('invitations_email').on(table.email),
    index('invitations_by').on(table.invitedBy),
    index('invitations_answered').on(table.answeredBy),
    index('invitations_expires').on(table.expiresAt),
  ],
)

export const invitationsHeld = classify(invitations, {
  says: 'Invitations that wait for an answer',
  about: { person: 'answeredBy', address: 'email', authors: ['invitedBy'] },
  basis: 'legitimate interest',
  keptFor: { until: 'expiresAt', says: 'seven days, or until you answer or decline' },
  onErasure: 'delete',
  serves: ['security', 'support', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the invitation'],
    email: ['contact', 'The address that was invited'],
    role: ['role', 'The role that was offered, if any'],
    tokenHash: ['credential', 'A hash of the link'],
    invitedBy: ['reference', 'Who of the staff invited'],
    invitedAt: ['record', 'When'],
    answeredBy: ['reference', 'You, from the moment you accepted until you are in the team'],
    expiresAt: ['record', 'When the invitation ends'],
  },
})
