import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { classify } from '../database/classify.ts'
import { idOf, moment, ownId } from '../database/columns.ts'
import { bytea } from '../database/sealing.ts'
import { people } from '../people/tables.ts'

const author = (name: string) => idOf(name).references(() => people.id, { onDelete: 'restrict' })

/** Where a list was kept before, as its first line tells. */
export const origins = ['Ghost', 'listmonk', 'Mailchimp', 'Cloudrun', 'other'] as const

/** What a column of a list can be. */
export const fieldNames = ['email', 'name', 'first', 'last', 'status', 'ended', 'language', 'agreed', 'source', 'wording'] as const
export type FieldName = (typeof fieldNames)[number]

/** What becomes of a row of a list. */
export const fates = ['added', 'has', 'left', 'stopped', 'forgotten', 'unsubscribed', 'twice', 'flawed'] as const
export type Fate = (typeof fates)[number]
export type Fates = Readonly<Partial<Record<Fate, number>>>

/** A list of people that somebody of the team brings in. What is carried out stays, because it is the proof of a consent. */
export const imports = pgTable(
  'imports',
  {
    id: ownId(),
    uploadedBy: author('uploaded_by'),
    uploadedAt: moment('uploaded_at').notNull(),
    origin: text({ enum: origins }).notNull(),
    columns: text().array().notNull(),
    mapping: jsonb().$type<Readonly<Partial<Record<FieldName, number>>>>(),
    topics: text().array().notNull().default([]),
    proof: text({ enum: ['rows', 'statement'] }),
    wording: text(),
    source: text(),
    agreedAt: moment('agreed_at'),
    describedAt: moment('described_at'),
    readAt: moment('read_at'),
    expected: jsonb().$type<Fates>(),
    startedAt: moment('started_at'),
    became: jsonb().$type<Fates>(),
    finishedAt: moment('finished_at'),
    expiresAt: moment('expires_at'),
  },
  (table) => [index('imports_uploaded_by').on(table.uploadedBy), index('imports_expires').on(table.expiresAt)],
)

export const importsHeld = classify(imports, {
  says: 'Lists of subscribers that were brought in',
  about: { authors: ['uploadedBy'] },
  basis: 'legal obligation',
  keptFor: { until: 'expiresAt', says: 'a day; one that was carried out is the proof of a consent, and stays as long as that' },
  onErasure: { keep: 'It proves what others agreed to; only who brought it in is forgotten', until: 'nobody is subscribed by it' },
  serves: ['updates', 'rights', 'operations'],
  columns: {
    id: ['reference', 'A number that stands for the list'],
    uploadedBy: ['reference', 'Who uploaded it'],
    uploadedAt: ['record', 'When it was uploaded'],
    origin: ['record', 'From which program it came'],
    columns: ['record', 'What its columns are called'],
    mapping: ['record', 'Which column is what (keys: email, name, first, last, status, ended, language, agreed, source, wording)'],
    topics: ['preference', 'The topics that it is for'],
    proof: ['consent', 'Whether each row has its own proof, or a statement stands for all'],
    wording: ['consent', 'What its people agreed to'],
    source: ['consent', 'Where they agreed'],
    agreedAt: ['consent', 'When the last of them had agreed'],
    describedAt: ['record', 'When it was last said what its columns are'],
    readAt: ['record', 'When it was read'],
    expected: ['record', 'What would become of its rows (keys: added, has, left, stopped, forgotten, unsubscribed, twice, flawed)'],
    startedAt: ['record', 'When it was begun to be carried out'],
    became: ['record', 'What became of its rows (keys: added, has, left, stopped, forgotten, unsubscribed, twice, flawed)'],
    finishedAt: ['record', 'When it was done'],
    expiresAt: ['record', 'When it is deleted, unless it is carried out'],
  },
})

const importId = () =>
  idOf('import_id')
    .notNull()
    .references(() => imports.id, { onDelete: 'restrict' })

/** What somebody of the team signed about the consent of the people of a list. */
export const importSignatures = pgTable(
  'import_signatures',
  {
    importId: importId().primaryKey(),
    signedBy: author('signed_by'),
    statement: text().notNull(),
    signedAt: moment('signed_at').notNull(),
  },
  (table) => [index('import_signatures_signed_by').on(table.signedBy)],
)

export const importSignaturesHeld = classify(importSignatures, {
  says: 'Statements about the consent of the people of a list',
  about: { authors: ['signedBy'] },
  basis: 'legal obligation',
  keptFor: { while: 'somebody may be subscribed by that list' },
  onErasure: { keep: 'It proves what others agreed to; only who signed it is forgotten', until: 'nobody is subscribed by it' },
  serves: ['updates', 'rights'],
  columns: {
    importId: ['reference', 'The list'],
    signedBy: ['reference', 'Who signed'],
    statement: ['consent', 'What was signed'],
    signedAt: ['record', 'When it was signed'],
  },
})

/** The uploaded file, sealed, until the list is carried out. */
export const importFiles = pgTable(
  'import_files',
  { importId: importId().primaryKey(), sealedFile: bytea('sealed_file').notNull(), expiresAt: moment('expires_at').notNull() },
  (table) => [index('import_files_expires').on(table.expiresAt)],
)

export const importFilesHeld = classify(importFiles, {
  says: 'Files with lists of subscribers',
  about: 'nobody',
  basis: 'legitimate interest',
  keptFor: { until: 'expiresAt', says: 'until the list is carried out, and at most a day' },
  onErasure: { keep: 'Sealed; whoever was erased is passed over when it is read', until: 'a day has passed' },
  serves: ['updates', 'operations'],
  columns: {
    importId: ['reference', 'The list that it is the file of'],
    sealedFile: ['contact', 'The file, sealed under a key of the house'],
    expiresAt: ['record', 'When it is deleted'],
  },
})

/** A row of a list that waits to be carried out; of one with a flaw, nothing but the flaw. */
export const importRows = pgTable(
  'import_rows',
  {
    importId: importId(),
    line: integer().notNull(),
    lastLine: integer('last_line').notNull(),
    state: text({ enum: ['waiting', 'unsubscribed', 'flawed'] }).notNull(),
    email: text(),
    name: text(),
    language: text(),
    agreedAt: moment('agreed_at'),
    source: text(),
    wording: text(),
    flawColumn: text('flaw_column'),
    flaw: text(),
    expiresAt: moment('expires_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.importId, table.line] }),
    index('import_rows_email').on(table.email),
    index('import_rows_expires').on(table.expiresAt),
  ],
)

export const importRowsHeld = classify(importRows, {
  says: 'Rows of a list of subscribers that is being brought in',
  about: { address: 'email' },
  basis: 'consent',
  keptFor: { until: 'expiresAt', says: 'until the list is carried out, and at most a day' },
  onErasure: 'delete',
  serves: ['updates', 'rights', 'operations'],
  columns: {
    importId: ['reference', 'The list'],
    line: ['record', 'The line of the file'],
    lastLine: ['record', 'Its last line, where it has several'],
    state: ['record', 'How it stands'],
    email: ['contact', 'The address'],
    name: ['contact', 'The name'],
    language: ['preference', 'The language'],
    agreedAt: ['consent', 'When you agreed, as the list says'],
    source: ['consent', 'Where you agreed, as the list says'],
    wording: ['consent', 'What you agreed to, as the list says'],
    flawColumn: ['record', 'The column in which something is wrong'],
    flaw: ['record', 'What is wrong'],
    expiresAt: ['record', 'When it is deleted'],
  },
})

/** An address whose person was erased: no list brings it back. */
export const forgottenAddresses = pgTable(
  'forgotten_addresses',
  { addressHash: text('address_hash').primaryKey(), forgottenAt: moment('forgotten_at').notNull() },
  (table) => [index('forgotten_addresses_at').on(table.forgottenAt)],
)

export const forgottenAddressesHeld = classify(forgottenAddresses, {
  says: 'Addresses that no list brings back',
  about: 'nobody',
  basis: 'legal obligation',
  keptFor: { days: 730, after: 'forgottenAt' },
  onErasure: {
    keep: 'A keyed hash, from which nobody can read the address; it answers only whether a list holds it',
    until: 'two years have passed',
  },
  serves: ['updates', 'rights', 'operations'],
  columns: {
    addressHash: ['reference', 'A keyed hash of the address'],
    forgottenAt: ['record', 'When its person was erased'],
  },
})
