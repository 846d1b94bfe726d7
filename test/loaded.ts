/** A process of its own that says which modules it loads: with all of the program, and then with traces. */
import { registerHooks } from 'node:module'
import { readConfig } from '../src/config.ts'

const loaded: string[] = []
registerHooks({
  load(url, context, next) {
    loaded.push(url)
    return next(url, context)
  },
})

const set = {
  SECRET: 'a secret for tests alone, long enough',
  DATABASE_URL: 'postgres://unused/',
  DATA_DIR: '/nonexistent',
  LOCAL_STRIPE: 'no',
}
await import('../src/main.ts')
await import('../src/commands/start.ts')
const { traceIfAsked } = await import('../src/processors/collector.ts')
await traceIfAsked(readConfig(set))
const without = [...loaded]
const end = await traceIfAsked(readConfig({ ...set, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }))
await end?.()
process.stdout.write(JSON.stringify({ without, with: loaded }), () => process.exit())
