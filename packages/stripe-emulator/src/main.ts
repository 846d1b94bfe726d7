/** The command line. */
import { parseArgs } from 'node:util'
import { startEmulator } from './index.ts'

const help = `cloudrun-stripe-emulator: a local Stripe for development, demos and tests

  --port 12111            where it listens (127.0.0.1 only)
  --webhook URL           where thin events go
  --webhook-secret SECRET what they are signed with (one is made and printed otherwise)
  --secret-key KEY        the API key, sk_test_emu_… (one is made and printed otherwise)
  --data FILE             keeps everything in this file
  --seed NUMBER           the same ids and the same disorder each time
  --until-input-ends      ends with its standard input, and so with the program that started it
  --in-order              delivers events once and in order; otherwise doubled and shuffled
`

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '12111' },
    webhook: { type: 'string' },
    'webhook-secret': { type: 'string' },
    'secret-key': { type: 'string' },
    data: { type: 'string' },
    seed: { type: 'string' },
    'until-input-ends': { type: 'boolean', default: false },
    'in-order': { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

async function run(): Promise<void> {
  if (values.help) {
    console.log(help)
    return
  }
  const secret = values['webhook-secret']
  const emulator = await startEmulator({
    port: Number(values.port),
    delivery: values['in-order'] ? 'in order' : 'shuffled and doubled',
    ...(values.webhook ? { webhook: { url: values.webhook, ...(secret ? { secret } : {}) } } : {}),
    ...(values['secret-key'] ? { secretKey: values['secret-key'] } : {}),
    ...(values.data ? { dataFile: values.data } : {}),
    ...(values.seed ? { seed: Number(values.seed) } : {}),
  })
  console.log(`Stripe emulator on ${emulator.url}, driven at ${emulator.url}/_emu`)
  console.log(`STRIPE_SECRET_KEY=${emulator.secretKey}\nSTRIPE_WEBHOOK_SECRET=${emulator.webhookSecret}\nSTRIPE_API_ORIGIN=${emulator.url}`)
  const leave = () => void emulator.stop().then(() => process.exit(0))
  process.once('SIGTERM', leave)
  // A terminal's Ctrl-C reaches this process and the one that started it: that one says when it is done with us.
  process.on('SIGINT', () => values['until-input-ends'] || leave())
  if (values['until-input-ends']) process.stdin.once('close', leave).resume()
}

await run().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
