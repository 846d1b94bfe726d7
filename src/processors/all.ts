/** Every company that receives data, in the order in which people read them. */
import type { Config } from '../config.ts'
import type { Nameplate } from './nameplate.ts'
import { agents } from './agents.ts'
import { collector } from './collector.ts'
import { dns } from './dns.ts'
import { google } from './google.ts'
import { imap } from './imap.ts'
import { matomo } from './matomo.ts'
import { plausible } from './plausible.ts'
import { posthog } from './posthog.ts'
import { opendsr } from './opendsr.ts'
import { smtp } from './smtp.ts'
import { stripe } from './stripe.ts'
import { umami } from './umami.ts'
import { webhooks } from './webhooks.ts'

export const processors: readonly Nameplate[] = [
  smtp,
  imap,
  stripe,
  dns,
  webhooks,
  opendsr,
  agents,
  posthog,
  plausible,
  matomo,
  google,
  umami,
  collector,
]

/** Those that this house tells of: all but the services that nobody turned on. */
export const processorsOf = (config: Config): readonly Nameplate[] =>
  processors.filter(({ byChoice, way }) => !byChoice || way?.(config) !== undefined)
