/** The analytics services of others that there are, and those that the operator turned on. */
import type { AnalyticsDestination, AnalyticsName } from '../config-analytics.ts'
import type { Config } from '../config.ts'
import type { AnalyticsService } from './analytics.ts'
import { googleService } from './google.ts'
import { matomoService } from './matomo.ts'
import { plausibleService } from './plausible.ts'
import { posthogService } from './posthog.ts'
import { umamiService } from './umami.ts'

export const analyticsServices: Readonly<Record<AnalyticsName, AnalyticsService>> = {
  posthog: posthogService,
  plausible: plausibleService,
  matomo: matomoService,
  google: googleService,
  umami: umamiService,
}

/** Where this service is told, if it is turned on. */
export const destinationOf = ({ analytics }: Pick<Config, 'analytics'>, service: string): AnalyticsDestination | undefined =>
  analytics.find((destination) => destination.service === service)
