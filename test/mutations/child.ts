/** Runs the checks of the program as it was loaded, and says what each came to: one line of JSON. */
import { Buffer } from 'node:buffer'
import { openTestHouse, PREFIX } from '../harness.ts'
import { grantStatements } from '../../src/database/grants.ts'
import { rowRuleStatements } from '../../src/database/row-rules.ts'
import { keepAppointments } from '../../src/jobs/queue.ts'
import { promises } from '../../src/promises/all.ts'
import { examine, type Run } from '../../src/promises/running.ts'
import { register, rowRules } from '../../src/register.ts'
import { clock } from '../../src/worker.ts'
import { seed } from './seed.ts'

const house = await openTestHouse()
// The template was made by the program as it is: its grants are put in the place of what this one wants.
for (const statement of grantStatements(register, PREFIX)) await house.query(statement)
const rules = await rowRuleStatements({ query: async (text: string) => ({ rows: await house.query(text) }) } as never, rowRules, PREFIX)
for (const statement of [...rules, ...seed]) await house.query(statement)
await keepAppointments(house.house.db, clock)
await house.browser().post('/sign-in', { email: 'nobody@example.org' })
const wanted = process.env['PROMISES']?.split(',')
const runs: Run[] = []
for (const promised of promises.filter(({ name }) => !wanted || wanted.includes(name))) runs.push(await examine(house.house, promised))
await house.close()
process.stdout.write(`\n@@${Buffer.from(JSON.stringify(runs)).toString('base64')}\n`, () => process.exit(0))
