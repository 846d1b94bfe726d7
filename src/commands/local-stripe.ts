/**
 * A Stripe of our own for development and demos, where no key of Stripe's is given: a process beside the
 * program, reachable from this machine alone, that ends with the program however that ends. What it knows
 * stays in DATA_DIR, so that customers are still customers after a restart.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { bringCustomers } from '../demo-customers.ts'
import { ourDoor } from '../billing/destination.ts'
import { makeMissingPrices } from '../billing/price.ts'
import { withPass } from '../egress/wall.ts'
import { log, logFault } from '../log.ts'
import { checkout } from '../main.ts'
import { StripeTrouble } from '../processors/stripe.ts'
import { fillIn } from '../processors/stripe-local.ts'
import type { House } from '../web/house.ts'
import { remark } from './terminal.ts'

export interface LocalStripe {
  close(): Promise<void>
}

/** Starts it when the settings want one, without waiting for it: the house opens meanwhile. */
export function startLocalStripe(house: House, { demo }: { demo: boolean }): LocalStripe | undefined {
  const { localStripe: port } = house.config
  if (port === undefined) return undefined
  const child = withPass({ program: process.execPath }, () =>
    spawn(process.execPath, argumentsFor(house, port), { stdio: ['pipe', 'ignore', 'ignore'], env: {} }),
  )
  const state = { leaving: false }
  child.on('error', (fault) => logFault('stripe.local-failed', fault))
  child.once('exit', () => {
    if (state.leaving) return
    log('stripe.local-ended', { port }, 'warn')
    remark(`The local Stripe has ended, so nothing can be paid. If port ${port} is taken, LOCAL_STRIPE names another one.`)
  })
  void furnish(house, { child, demo }).catch((fault: unknown) => logFault('stripe.local-unfurnished', fault))
  return {
    async close() {
      state.leaving = true
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
      const ended = once(child, 'exit')
      child.stdin?.end()
      await ended
    },
  }
}

function argumentsFor(house: House, port: number): string[] {
  const { dataDir, stripeKey = '', stripeWebhookSecret = '' } = house.config
  return [
    checkout('packages/stripe-emulator/src/main.ts'),
    ...['--port', String(port), '--webhook', ourDoor(house), '--webhook-secret', stripeWebhookSecret],
    ...['--secret-key', stripeKey, '--data', join(dataDir, 'local-stripe.json'), '--until-input-ends'],
  ]
}

// As soon as it answers, it gets the catalogue's prices: whoever tries the program need not make them.
async function furnish(house: House, { child, demo }: { child: ChildProcess; demo: boolean }): Promise<void> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries++) {
    try {
      await makeMissingPrices(house)
      if (demo) await bringCustomers(house, (page, form) => fillIn(house.config, page, form))
      return
    } catch (fault) {
      if (!(fault instanceof StripeTrouble)) throw fault
    }
    await sleep(100)
  }
}
