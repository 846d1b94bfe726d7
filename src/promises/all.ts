/** Every promise, in its order. */
import { p1 } from './p01-name-and-address.ts'
import { p2 } from './p02-opaque-key.ts'
import { p3 } from './p03-no-payment-data.ts'
import { p4 } from './p04-two-ends.ts'
import { p5 } from './p05-what-a-browser-tells.ts'
import { p6 } from './p06-address-forgotten.ts'
import { p7 } from './p07-without-cookies.ts'
import { p8 } from './p08-anonymous.ts'
import { p9 } from './p09-chosen-topics.ts'
import { p10 } from './p10-suggestions.ts'
import { p11 } from './p11-not-for-advertising.ts'
import { p12 } from './p12-law-enforcement.ts'
import { p13 } from './p13-by-e-mail.ts'
import { p14 } from './p14-told-before.ts'
import { p15 } from './p15-questions-answered.ts'
import { p16 } from './p16-security.ts'
import { p17 } from './p17-services.ts'
import { p18 } from './p18-every-host.ts'
import { type Promised, type PromiseName, promiseNames } from './promise.ts'

// By name, so that a promise that is left out does not compile.
const table: Readonly<Record<PromiseName, Promised>> = {
  ...{ P1: p1, P2: p2, P3: p3, P4: p4, P5: p5, P6: p6, P7: p7, P8: p8, P9: p9 },
  ...{ P10: p10, P11: p11, P12: p12, P13: p13, P14: p14, P15: p15, P16: p16, P17: p17, P18: p18 },
}

export const promises: readonly Promised[] = promiseNames.map((name) => table[name])
