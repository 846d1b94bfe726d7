/** Migrations that the version before survives: rules for every one since several processes may be upgraded one by one. */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { test } from 'node:test'

/** The first migration that these rules hold for. */
const FIRST = '0047'

/** Statements that break what the older version does, and what to do instead. */
const BREAKING: readonly (readonly [RegExp, string])[] = [
  [/^\s*drop\s+(table|view|schema|type|function|materialized\s+view)\b/i, 'drops what the older version may use'],
  [/^\s*alter\s+table\b[\s\S]*\bdrop\s+column\b/i, 'drops a column'],
  [/^\s*alter\s+table\b[\s\S]*\brename\b/i, 'renames'],
  [/^\s*alter\s+(type|view|function|index|sequence)\b[\s\S]*\brename\b/i, 'renames'],
  [/^\s*alter\s+table\b[\s\S]*\balter\s+column\b[\s\S]*\b(set\s+data\s+)?type\b/i, 'changes the type of a column'],
  [/^\s*alter\s+table\b[\s\S]*\bset\s+not\s+null\b/i, 'makes a column mandatory that the older version may leave empty'],
  [/^\s*alter\s+table\b[\s\S]*\balter\s+column\b[\s\S]*\bdrop\s+default\b/i, 'takes away a default that the older version relies on'],
  [/^\s*(truncate|delete\s+from)\b/i, 'deletes rows'],
]
const ADDS_COLUMN = /^\s*alter\s+table\b[\s\S]*\badd\s+column\b/i

const statementsOf = (sql: string): string[] =>
  sql
    .replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "'a body'")
    .replace(/^\s*--(?!> statement-breakpoint).*$/gm, '')
    .split(/--> statement-breakpoint|;/)
    .map((statement) => statement.trim())
    .filter(Boolean)

/** What a migration does that the version before would not survive, in words. */
function faultsOf(sql: string): string[] {
  const statements = statementsOf(sql)
  const fresh = new Set(
    statements.flatMap((statement) => /^create\s+table\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?/i.exec(statement)?.[1] ?? []),
  )
  return statements.flatMap((statement) => {
    const table = /^\s*(?:alter|drop)\s+table\s+(?:only\s+|if\s+exists\s+)?"?(\w+)"?/i.exec(statement)?.[1]
    // A table that this very migration makes, the older version does not know.
    if (table !== undefined && fresh.has(table)) return []
    const found = BREAKING.filter(([pattern]) => pattern.test(statement)).map(([, what]) => what)
    const bare = ADDS_COLUMN.test(statement) && /\bnot\s+null\b/i.test(statement) && !/\b(default|generated)\b/i.test(statement)
    return [...found, ...(bare ? ['adds a mandatory column without a default'] : [])].map((what) => `${what}: ${statement.slice(0, 120)}`)
  })
}

/** A later release may take away what none uses any more, if it says since when. */
const contracts = (sql: string): boolean => /^-- contracts: .*\S.* since \S+/.test(sql)

const migrations = globSync('migrations/*.sql').filter((file) => basename(file) >= FIRST)

test('every migration leaves the version before at work, or says since which release nobody uses what it takes away', () => {
  for (const file of migrations) {
    const sql = readFileSync(file, 'utf8')
    if (!contracts(sql)) assert.deepEqual(faultsOf(sql), [], `${file}: expand now and contract in a later release (docs/decisions/0050)`)
  }
})

test('the rules know what breaks, and let pass what does not', () => {
  const breaks = [
    'ALTER TABLE "people" DROP COLUMN "name";',
    'ALTER TABLE "people" RENAME COLUMN "name" TO "called";',
    'ALTER TABLE "people" ALTER COLUMN "name" SET DATA TYPE varchar(10);',
    'ALTER TABLE "people" ALTER COLUMN "name" SET NOT NULL;',
    'ALTER TABLE "people" ALTER COLUMN "name" DROP DEFAULT;',
    'ALTER TABLE "people" ADD COLUMN "phone" text NOT NULL;',
    'DROP TABLE "people" CASCADE;',
    'alter table people rename to persons',
    'DELETE FROM "people"',
    'CREATE TABLE "new" ("id" uuid);--> statement-breakpoint\nDROP TABLE "people";',
  ]
  for (const sql of breaks) assert.equal(faultsOf(sql).length, 1, sql)
  const passes = [
    'CREATE TABLE "new" ("id" uuid PRIMARY KEY NOT NULL);--> statement-breakpoint\nALTER TABLE "new" ALTER COLUMN "id" SET NOT NULL;',
    'ALTER TABLE "people" ADD COLUMN "phone" text;',
    `ALTER TABLE "people" ADD COLUMN "phone" text DEFAULT '' NOT NULL;`,
    'ALTER TABLE "people" ADD CONSTRAINT "people_fk" FOREIGN KEY ("id") REFERENCES "new"("id");',
    'DROP INDEX "people_search";',
    'ALTER TABLE "people" ALTER COLUMN "name" DROP NOT NULL;',
    'create or replace function f() returns trigger language plpgsql as $$ begin delete from people; drop table people; end $$;',
    '-- drop table people: not yet\nselect 1',
  ]
  for (const sql of passes) assert.deepEqual(faultsOf(sql), [], sql)
  assert(contracts('-- contracts: announcements, unused since 0.2.0\nDROP TABLE "announcements";'))
  assert(!contracts('DROP TABLE "announcements";'))
})
