/** Every mutation of data and schema, in one house: the promise's check finds each, and holds again when it is mended. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestHouse } from '../harness.ts'
import { promises } from '../../src/promises/all.ts'
import type { PromiseName } from '../../src/promises/promise.ts'
import { examine, type Run } from '../../src/promises/running.ts'
import { all } from './list.ts'
import type { DataMutation } from './mutation.ts'
import { isWanted, noteCaught } from './record.ts'
import { seed } from './seed.ts'

const house = await openTestHouse()
for (const statement of seed) await house.query(statement)

async function look(name: PromiseName): Promise<Run> {
  const promised = promises.find((promised) => promised.name === name)
  assert(promised)
  return examine(house.house, promised)
}

/** What the check comes to while it is broken. */
async function lookWith(name: PromiseName, { sql, mend }: DataMutation): Promise<Run> {
  try {
    for (const statement of sql) await house.query(statement)
    return await look(name)
  } finally {
    for (const statement of mend) await house.query(statement)
  }
}

for (const [name, { data, refused }] of all.filter(([name]) => isWanted(name))) {
  for (const mutation of data)
    test(`${name}: somebody ${mutation.says}`, async () => {
      const { says, finds } = mutation
      const broken = await lookWith(name, mutation)
      assert.equal(broken.standing, 'broken', `the check of ${name} does not see that somebody ${says}`)
      const caught = broken.findings.find((finding) => finds.test(finding))
      assert(caught, `none of the findings is ${finds}: ${broken.findings.join('; ')}`)
      const after = await look(name)
      assert.deepEqual([after.standing, after.findings], ['holds', []])
      noteCaught(name, mutation, `the check: “${caught}”`)
    })
  for (const mutation of refused)
    test(`${name}: the database refuses whoever ${mutation.says}`, async () => {
      await house.query('begin')
      const fault = await house.query(mutation.refused).then(
        () => undefined,
        (fault: Error & { constraint?: string }) => `${fault.message} ${fault.constraint ?? ''}`,
      )
      await house.query('rollback')
      assert.match(fault ?? 'not refused', mutation.by)
      noteCaught(name, mutation, `the database: “${(fault ?? '').trim().split('\n')[0]}”`)
    })
}
