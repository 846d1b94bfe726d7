/** Which hosted page an address means. */
import type { Question } from '../answer.ts'
import { catchUp } from '../clock.ts'
import { Refused } from '../errors.ts'
import { readForm } from '../form.ts'
import { find, wholly, type World } from '../world.ts'
import type { Form } from './card-form.ts'
import { answerChallenge, showChallenge } from './challenge-page.ts'
import { showCheckout, submitCheckout } from './checkout-page.ts'
import { frame, html, type Page, redirect } from './html.ts'
import { invoiceText, payInvoice, showInvoice } from './invoice-page.ts'
import { actInPortal, openPortal } from './portal-page.ts'

export type { Page } from './html.ts'

interface Visit {
  id: string
  rest: string
  form: Form
  query: Form
}

type Show = (world: World, visit: Visit) => Page

const pages: [RegExp, { GET: Show; POST?: Show }][] = [
  [
    /^\/c\/pay\/([^/]+)()$/,
    {
      GET: (world, { id }) => showCheckout(world, find(world, 'checkout.session', id)),
      POST: (world, { id, form }) => submitCheckout(world, find(world, 'checkout.session', id), form),
    },
  ],
  [
    /^\/challenge\/([^/]+)()$/,
    { GET: (_world, { id }) => showChallenge(id), POST: (world, { id, form }) => answerChallenge(world, id, form.outcome === 'complete') },
  ],
  [
    /^\/p\/session\/([^/]+)\/?(\w*)$/,
    {
      GET: (world, { id, rest, query }) => openPortal(world, id, rest, {}, query),
      POST: (world, { id, rest, form }) => actInPortal(world, id, rest, form),
    },
  ],
  [
    /^\/i\/([^/]+)()$/,
    {
      GET: (world, { id }) => showInvoice(world, find(world, 'invoice', id)),
      POST: (world, { id, form }) => payInvoice(world, find(world, 'invoice', id), form),
    },
  ],
  [/^\/i\/([^/]+)(\/pdf)$/, { GET: (world, { id }) => invoiceText(find(world, 'invoice', id)) }],
]

const nothingHere = frame(
  'There is nothing here',
  html`<p>This address belongs to no page of the emulator. <a href="/_emu">What it does</a></p>`,
  { status: 404 },
)

export function showPage(world: World, { method, target, body }: Question): Page {
  const { pathname, search } = new URL(target, 'http://emulator')
  if (pathname === '/') return redirect('/_emu')
  for (const [pattern, page] of pages) {
    const [, id, rest] = pattern.exec(pathname) ?? []
    const show = method === 'POST' ? page.POST : page.GET
    if (id === undefined || !show) continue
    return visit(world, show, { id, rest: rest ?? '', form: readForm(body) as Form, query: readForm(search.slice(1)) as Form })
  }
  return nothingHere
}

function visit(world: World, show: Show, visit: Visit): Page {
  try {
    catchUp(world)
    return wholly(world, () => show(world, visit))
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return error.status === 404
      ? nothingHere
      : frame('That did not work', html`<p class="error">${error.message}</p>`, { status: error.status })
  }
}
