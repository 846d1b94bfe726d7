/** What the bank shows: 3-D Secure, with two buttons in the place of a real check. */
import { Refused } from '../errors.ts'
import { hear, invoiceOfIntent } from '../resources/collection.ts'
import { answerPayment } from '../resources/payments.ts'
import { answerSetup } from '../resources/setup-intents.ts'
import { all, find, peek, type World } from '../world.ts'
import { answerCheckout, finishSetup, showCheckout } from './checkout-page.ts'
import { frame, html, type Page, redirect } from './html.ts'
import { finishPortalCard, portalOf } from './portal-page.ts'

export const showChallenge = (id: string): Page =>
  frame(
    'Your bank asks: is it you?',
    html`<p>This stands for the page of the card's bank (3-D Secure).</p>
<form method="post" action="/challenge/${id}"><button name="outcome" value="complete">Complete</button> <button class="plain" name="outcome" value="fail">Fail</button></form>`,
  )

export function answerChallenge(world: World, id: string, passed: boolean): Page {
  if (id.startsWith('cs_')) return answerCheckout(world, find(world, 'checkout.session', id), passed)
  return id.startsWith('seti_') ? answerForSetup(world, id, passed) : answerForPayment(world, id, passed)
}

function answerForSetup(world: World, id: string, passed: boolean): Page {
  const intent = find(world, 'setup_intent', id)
  const session = all(world, 'checkout.session').find((each) => each.setup_intent === id)
  const portal = portalOf.of(world, id)
  const back = intent.next_action?.redirect_to_url?.return_url
  try {
    const answered = answerSetup(world, intent, passed)
    if (session) return finishSetup(world, session)
    if (portal) return finishPortalCard(world, portal, answered.payment_method ?? '')
    return back ? redirect(withQuery(back, { setup_intent: id, redirect_status: 'succeeded' })) : done
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (session) return showCheckout(world, session, {}, { number: error.message }, 402)
    return back ? redirect(withQuery(back, { setup_intent: id, redirect_status: 'failed' })) : refused(error.message)
  }
}

function answerForPayment(world: World, id: string, passed: boolean): Page {
  const back = find(world, 'payment_intent', id).next_action?.redirect_to_url?.return_url
  const invoice = invoiceOfIntent(world, id)
  try {
    hear(world, id, () => answerPayment(world, find(world, 'payment_intent', id), passed))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    if (!invoice && !back) return refused(error.message)
  }
  if (back)
    return redirect(
      withQuery(back, {
        payment_intent: id,
        redirect_status: peek(world, 'payment_intent', id)?.status === 'succeeded' ? 'succeeded' : 'failed',
      }),
    )
  return invoice ? redirect(`/i/${invoice.id}`) : done
}

const withQuery = (address: string, query: Record<string, string>): string => {
  const url = new URL(address)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

const done = frame('Done', html`<p>You may close this page.</p>`)
const refused = (words: string): Page => frame('That did not work', html`<p class="error">${words}</p>`, { status: 402 })
