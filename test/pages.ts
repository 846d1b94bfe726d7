/**
 * Every page that there is, and how to get there: for the tests that look at all of them. A route that
 * shows a page and is not visited here fails `test/attack.test.ts`.
 */
import assert from 'node:assert/strict'
import { DAY, now } from '../src/clock.ts'
import { measuredActions } from '../src/demo-history.ts'
import { inventedActions } from '../src/demo-visits.ts'
import { asId, type Id } from '../src/log.ts'
import { stopAddress } from '../src/navigation/report-letter.ts'
import { storeOf } from '../src/navigation/store.ts'
import { restrict } from '../src/people/restriction.ts'
import { begin, edit, issueOf, schedule } from '../src/updates/issue.ts'
import { unsubscribeToken } from '../src/updates/link.ts'
import { wake } from '../src/updates/wake.ts'
import type { Browser } from './browser.ts'
import { linkIn, type TestHouse } from './harness.ts'

/** Who looks at a page. */
export type Who = 'visitor' | 'waiting' | 'ada' | 'owner' | 'lara' | 'clerk'

/** One page: an address, opened or arrived at by sending a form. */
export interface Page {
  readonly says: string
  readonly as: Who
  readonly path: string
  /** Sent to the address; without it, the page is opened. */
  readonly form?: Readonly<Record<string, string>>
  /** 200, unless it says otherwise. */
  readonly status?: number
}

/** A furnished house: people at their browsers, and all pages that they can see. */
export interface Furnished {
  readonly browsers: Readonly<Record<Who, Browser>>
  readonly pages: readonly Page[]
}

/** Fills the house with people who have something to look at. */
export async function furnish(house: TestHouse): Promise<Furnished> {
  const ada = await house.person('Ada Lovelace', 'ada@example.org')
  const waiting = house.browser()
  await waiting.post('/sign-up', { name: 'Wanda', email: 'wanda@example.org' })
  const welcome = linkIn((await house.inbox('wanda@example.org'))[0])
  await house.browser().post('/password/reset', { email: 'ada@example.org' })
  const reset = linkIn((await house.inbox('ada@example.org'))[0])
  const lara = await house.person('Lara Large', 'lara@example.org')
  const owner = await house.member('owner')
  const clerk = await house.member('legal')
  await largeCopies(house)
  await visits(house)
  const { id } = (await house.query<{ id: string }>("select id from people where email = 'ada@example.org'"))[0] ?? { id: '' }
  const guest = (await house.query<{ id: string }>("select id from people where email like 'owner%'"))[0]?.id ?? ''
  await owner.post(`/staff/people/${id}`, { reason: 'question', note: 'asked by telephone' })
  await owner.post('/staff/team', { email: 'guest@example.org', role: 'support' })
  const invitation = linkIn((await house.inbox('guest@example.org'))[0])
  const endpoint = await programsFor(owner)
  const leaver = await house.person('Lea Leaver', 'lea@example.org')
  const erased = await leaver.post('/account/privacy/erasure', { sure: 'yes' })
  const receipt = erased.headers.get('location') ?? ''
  const membership = (await ada.post('/services/status-pages/page')).headers.get('location')?.replace(/\?.*/, '') ?? ''
  const begun = (await ada.post('/services/small-hosting/team', { seats: '3' })).headers.get('location') ?? ''
  await ada.post('/account/security/second-factor')
  await ada.post('/account/proof/letter')
  await customerKept(house, begun.split('/').at(-1) ?? '')
  const updates = await updatePages(house, guest)
  const mailbox = await stoppedMailbox(house, owner)
  const offices = [
    ...(await issuePages(house, owner)),
    ...(await listPages(house, owner)),
    ...(await requestPages(house, owner)),
    ...(await restrictedPages(house, clerk)),
  ]
  await house.settle()
  return {
    browsers: { visitor: house.browser(), waiting, ada, owner, lara, clerk },
    pages: [
      ...publicPages(house),
      ...doorPages({ welcome, reset }),
      ...accountPages(),
      open('owner', endpoint, 'a program that is told things'),
      open('ada', membership, 'a service of hers'),
      ...servicePages(),
      ...paymentPages(begun),
      ...staffPages(id, guest, await sharedReport(owner)),
      ...updates,
      open('owner', '/account/mailbox', 'letters to somebody who is stopped'),
      open('visitor', mailbox, 'a mailbox that works again'),
      open('visitor', '/mailbox/none', 'a mailbox that nothing is wrong with', 410),
      ...offices,
      open('visitor', invitation, 'invitation'),
      open('visitor', receipt, 'receipt'),
      open('lara', '/account/privacy', 'privacy, a copy in the making'),
      open('owner', '/account/privacy', 'privacy, a copy ready'),
    ],
  }
}

/** What is paid for by the membership whose card this path asks for. */
const paymentPages = (begun: string): Page[] => [
  open('ada', begun.replace('billing/begin', 'services'), 'a service that waits for its payment'),
  open('ada', '/account/billing'),
  open('ada', begun.replace('begin', 'memberships'), 'what she pays for, and how to leave it'),
  open('ada', `${begun.replace('begin', 'memberships')}/change?plan=team`, 'another plan while payments are off', 404),
  open('ada', '/account/billing/invoices/in_123456', 'an invoice while payments are off', 404),
  open('owner', begun.replace('/account/billing/begin', '/staff/billing/memberships'), 'a membership of a customer'),
  open('owner', '/staff/billing/invoices/in_pages1', 'an invoice'),
  open('ada', begun, 'the way to a card'),
  open('ada', begun.replace('begin', 'return'), 'back from Stripe while payments are off', 404),
]

/** Records of restricted people, opened and not. */
async function restrictedPages(house: TestHouse, clerk: Browser): Promise<Page[]> {
  const ids: string[] = []
  for (const [name, email] of [
    ['Rea Restricted', 'rea@example.org'],
    ['Ron Restricted', 'ron@example.org'],
  ] as const) {
    await house.person(name, email)
    const id = asId((await house.query<{ id: string }>('select id from people where email = $1', [email]))[0]?.id)
    if (id) await house.house.db.as('rights', (tx) => restrict(tx, id))
    ids.push(id ?? '')
  }
  const [opened, closed] = ids.map((id) => `/staff/restricted/${id}`) as [string, string]
  await clerk.post(opened, { reason: 'request', note: 'a legal claim' })
  return [
    open('clerk', '/staff/restricted'),
    open('clerk', opened, 'all that is stored of somebody restricted'),
    open('clerk', closed, 'why one opens what is only stored'),
    send('clerk', closed, {}, 'opening what is only stored without a reason'),
  ]
}

/** Requests in every standing that a page shows, of somebody else than those whose data is looked for. */
async function requestPages(house: TestHouse, owner: Browser): Promise<Page[]> {
  const [visitor, email] = [house.browser(), 'quentin@example.org']
  await house.query('delete from throttles')
  const ask = async (kind: string): Promise<string> => {
    await visitor.post('/privacy/requests/new', { kind, email, words: 'Please' })
    return linkIn((await house.inbox(email))[0])
  }
  await visitor.post(await ask('access'))
  await house.settle()
  const [ready] = await house.inbox(email)
  const erasure = await ask('erasure')
  await visitor.post(await ask('question'))
  await house.settle()
  const [{ id } = { id: '' }] = await house.query<{ id: string }>("select id from requests where kind = 'question'")
  await owner.post(`/staff/requests/${id}/note`, { note: 'Ask Nora, who knows.' })
  const status = (text = ''): string => /\/privacy\/requests\/[\w-]{40,}(?=\s)/.exec(text)?.[0] ?? ''
  return [
    open('visitor', '/privacy/requests/new'),
    send('visitor', '/privacy/requests/new', { email: 'nonsense' }, 'a request with errors'),
    open('visitor', '/privacy/requests/agent'),
    open('visitor', '/privacy/requests/asked'),
    open('visitor', erasure, 'confirming an erasure'),
    send('visitor', erasure, {}, 'confirming an erasure without the tick'),
    open('visitor', '/privacy/requests/confirm/none', 'confirming what is over', 410),
    open('visitor', linkIn(ready), 'fetching a copy'),
    open('visitor', '/privacy/requests/copy/none', 'fetching what was fetched', 410),
    open('visitor', status(ready?.text), 'how a request stands'),
    send('ada', '/account/privacy/requests', {}, 'asking from the account with errors'),
    open('owner', '/staff/requests'),
    open('owner', '/staff/requests?which=closed'),
    open('owner', '/staff/requests/new'),
    send('owner', '/staff/requests/new', { email: '' }, 'taking a request down with errors'),
    open('owner', `/staff/requests/${id}`, 'a request at the desk'),
    send('owner', `/staff/requests/${id}/refuse`, { why: '' }, 'refusing with errors'),
    ...(await helpPages(house, owner)),
    ...(await breachPages(owner)),
    ...(await demandPages(owner)),
    ...(await policyPages(house, owner)),
  ]
}

/** Questions as they come and as they go. */
async function helpPages(house: TestHouse, owner: Browser): Promise<Page[]> {
  await house.query('delete from throttles')
  const [visitor, asked] = [house.browser(), { name: 'Quentin', email: 'quentin@example.org', words: 'How do I begin?\n\nI looked.' }]
  for (let i = 0; i < 2; i++) await visitor.post('/help/contact', { ...asked, about: 'erasing' })
  const [done, fresh] = await house.query<{ id: string }>('select id from conversations order by id')
  await owner.post('/staff/help/replies', { title: 'Hello', words: 'Hello {{name}}, see {{site}}/help.' })
  const [reply] = await house.query<{ id: string }>('select id from saved_replies')
  await owner.post(`/staff/help/${done?.id}/note`, { note: 'They wrote before.' })
  await owner.post(`/staff/help/${done?.id}/answer`, { answer: 'At the beginning.', ends: 'yes' })
  const own = (await owner.post('/help/contact', { words: 'Where is my own question?' })).headers.get('location')?.replace(/\?.*/, '') ?? ''
  return [
    open('visitor', '/help?q=cookies'),
    open('visitor', '/help?q=nothing-that-is-anywhere', 'a search that finds nothing'),
    open('visitor', '/help/erasing/helped', 'thanks for saying whether it helped'),
    open('visitor', '/help/contact?about=erasing', 'asking about an article'),
    open('visitor', '/help/contact/sent'),
    send('visitor', '/help/contact', { email: 'nonsense' }, 'asking with errors'),
    open('owner', '/help/contact', 'asking while signed in'),
    open('ada', '/account/help'),
    open('owner', '/account/help', 'one’s own questions'),
    open('owner', own, 'one’s own question'),
    send('owner', own, {}, 'one’s own question with errors'),
    open('owner', '/staff/help'),
    open('owner', '/staff/help?view=closed'),
    open('owner', '/staff/help?q=begin', 'questions found'),
    open('owner', '/staff/help?q=nothing-at-all', 'questions not found'),
    open('owner', `/staff/help/${fresh?.id}?reply=${reply?.id}`, 'a question with a saved reply'),
    open('owner', `/staff/help/${done?.id}`, 'a question that was closed'),
    send('owner', `/staff/help/${fresh?.id}/answer`, {}, 'answering with errors'),
    open('owner', '/staff/help/replies'),
    send('owner', '/staff/help/replies', {}, 'a saved reply with errors'),
    open('owner', `/staff/help/replies/${reply?.id}`, 'a saved reply'),
    open('owner', '/staff/help/articles'),
  ]
}

/** A legal demand as it comes, examined and barred. */
async function demandPages(owner: Browser): Promise<Page[]> {
  const form = {
    ...{ kind: 'demand', authority: 'Example County Court', instrument: 'Search warrant', jurisdiction: 'Florida', fileNumber: '4711' },
    ...{ receivedOn: '2026-01-02', dueOn: '2099-02-01' },
  }
  const enter = async (): Promise<string> =>
    ((await owner.post('/staff/demands/new', form)).headers.get('location') ?? '').replace(/\?.*/, '')
  const [fresh, known] = [await enter(), await enter()]
  const checks = ['competent', 'valid', 'applies', 'specific', 'necessary']
  await owner.post(`${known}/scope`, {
    who: 'nobody@example.org',
    columns: 'people.name',
    fromDay: '',
    untilDay: '',
    why: 'No more is needed.',
  })
  await owner.post(`${known}/findings`, { checks, legalBasis: 'Florida Statutes 92.605', letter: '', ending: 'required' })
  await owner.post(`${known}/bars`, { barBasis: '18 U.S.C. 2705(b)', endsOn: '2099-01-01' })
  return [
    open('visitor', '/privacy/promises'),
    open('owner', '/staff/promises'),
    open('visitor', '/privacy/demands'),
    open('owner', '/staff/demands'),
    open('owner', '/staff/demands/new'),
    send('owner', '/staff/demands/new', {}, 'entering a demand with errors'),
    open('owner', fresh, 'a demand whose scope is not written down'),
    send('owner', `${fresh}/scope`, { who: '' }, 'a scope with errors'),
    open('owner', known, 'a demand at the desk'),
    send('owner', `${known}/findings`, { ending: 'required' }, 'a checklist with errors'),
  ]
}

/** The policy while its next version waits for somebody whom its letter did not reach. */
async function policyPages(house: TestHouse, owner: Browser): Promise<Page[]> {
  const desk = '/staff/policy'
  const [{ written } = { written: '' }] = await house.query<{ written: string }>('select written from policy_versions')
  const draft = { title: 'Privacy policy', summary: 'What we ask for.', written: `${written}\n\nYou hear of it {{notice-days}} before.` }
  await owner.post(`${desk}/draft`, draft)
  const id = /name="draft" value="([^"]*)"/.exec(await owner.read(`${desk}/publish`))?.[1] ?? ''
  const day = new Date(now().getTime() + 31 * DAY).toISOString().slice(0, 10)
  await owner.post(`${desk}/publish`, { draft: id, material: 'yes', reason: 'It says how early you hear of changes.', day, sure: 'yes' })
  await owner.post(`${desk}/draft`, { ...draft, written: `${draft.written} And more.` })
  await house.query(`update policy_notices set fate = 'bounced', out_at = concerned_at
    where person_id in (select id from people where email = 'ada@example.org' or email like 'owner%')`)
  return [
    open('owner', desk),
    open('owner', `${desk}/draft`),
    send('owner', `${desk}/draft`, { title: '', written: '' }, 'a draft with errors'),
    open('owner', `${desk}/publish`),
    send('owner', `${desk}/publish`, { draft: id }, 'publishing with errors'),
    open('owner', '/account/policy', 'a notice that no letter brought'),
    ...['', '/changes', '/choices'].map((more) => open('visitor', `/privacy/versions/2${more}`)),
  ]
}

/** Breaches as they come and as they go. */
async function breachPages(owner: Browser): Promise<Page[]> {
  const enter = async (): Promise<string> => {
    const form = { day: '2026-01-02', time: '09:30', source: 'processor', processor: 'Example Relay', processorKnewOn: '2025-12-01' }
    return ((await owner.post('/staff/breaches/new', form)).headers.get('location') ?? '').replace(/\?.*/, '')
  }
  const facts = {
    ...{ title: 'A backup lay open', happened: 'It could be fetched.', nature: 'confidentiality', beganOn: '', endedOn: '', who: 'list' },
    ...{ columns: 'people.name', consequences: 'Unwanted letters.', measures: 'We closed it.', advice: 'Look twice.' },
  }
  const [fresh, known] = [await enter(), await enter()]
  await owner.post(`${known}/facts`, facts)
  await owner.post(`${known}/risk`, { risk: 'high', reason: 'Many people.' })
  return [
    open('owner', '/staff/breaches'),
    open('owner', '/staff/breaches/new'),
    send('owner', '/staff/breaches/new', {}, 'entering a breach with errors'),
    open('owner', fresh, 'a breach of which nothing is known'),
    send('owner', `${fresh}/facts`, { title: '' }, 'a breach described with errors'),
    open('owner', known, 'a breach at the desk'),
    open('owner', `${known}/notices/people`, 'a notice to be written'),
    send('owner', `${known}/notices/people`, { subject: '', body: 'x' }, 'a notice with errors'),
  ]
}

// Somebody who pays, as far as we keep it: payments themselves are off.
const customerKept = async (house: TestHouse, membership: string): Promise<unknown> => {
  const whose = [membership]
  await house.query(
    `insert into customers (person_id, stripe_customer, made_at) select person_id, 'cus_pages1', now() from memberships where id = $1`,
    whose,
  )
  await house.query(
    `insert into stripe_subscriptions (stripe_subscription, person_id, membership_id, status, cents, quantity, currency, every, begun_at)
     select 'sub_pages1', person_id, id, 'past_due', 600, 3, 'usd', 'month', now() from memberships where id = $1`,
    whose,
  )
  return house.query(
    `insert into stripe_invoices (stripe_invoice, person_id, stripe_subscription, status, due, paid, currency, attempts, made_at)
     select 'in_pages1', person_id, 'sub_pages1', 'open', 1800, 0, 'usd', 1, now() from memberships where id = $1`,
    whose,
  )
}

// The owner's own address, so that nobody else's letters are kept back.
async function stoppedMailbox(house: TestHouse, owner: Browser): Promise<string> {
  const [{ email } = { email: '' }] = await house.query<{ email: string }>("select email from people where email like 'owner%'")
  await owner.post('/staff/updates/stopped', { email })
  await owner.post('/account/mailbox')
  return linkIn((await house.inbox(email))[0])
}
// Lara's is being made, the owner's is ready: states in which a page is seldom met.
const largeCopies = (house: TestHouse): Promise<unknown> =>
  house.query(
    `insert into copies (id, person_id, rows_done, rows_total, bytes, asked_at, ready_at, expires_at)
     select gen_random_uuid(), id, 43000, 100000, 2345678, now(), case when name like 'Lara%' then null else now() end, now() + interval '1 day'
       from people where email like 'lara@%' or email like 'owner%'`,
  )

// Two weeks of them, up to now.
async function visits({ house }: TestHouse): Promise<void> {
  const today = Math.floor(now().getTime() / DAY) * DAY
  for (let ago = 0; ago < 14; ago++) {
    const invented = measuredActions([...inventedActions({ day: today - ago * DAY, visitors: 60, hosts: house.config.hosts, seed: 3 })], 3)
    await storeOf(house).record(invented.filter(({ at }) => at <= now()))
  }
}

/** A report with everything that can be kept for it, and a link to it. */
async function sharedReport(owner: Browser): Promise<Page> {
  const kept = '/staff/navigation/kept'
  await owner.post(`${kept}/goals`, { goal: 'Asking for a place', steps: 'page /services*\npage /sign-up' })
  await owner.post(`${kept}/segments`, { segment: 'By search', words: 'is.channel=search' })
  await owner.post(`${kept}/notes`, { day: now().toISOString().slice(0, 10), says: 'A new home page' })
  const made = await owner.post(`${kept}/links`, { link: 'The board', days: '30', words: '' })
  return open('visitor', /\/visits\/[\w-]{32}/.exec(await made.text())?.[0] ?? '', 'a report by a link')
}

const open = (as: Who, path: string, says = path, status = 200): Page => ({ says, as, path, status })
const send = (as: Who, path: string, form: Page['form'], says: string, status = 422): Page => ({ says, as, path, form: form ?? {}, status })

function publicPages({ house: { content } }: TestHouse): Page[] {
  const fixed = ['/', '/services', '/help', '/help/contact', '/privacy', '/privacy/versions', '/privacy/data', '/privacy/processors']
  const plain = ['/cookies', '/security', '/api/docs', '/dev/mail']
  const written = [
    ...content.services.map(({ slug }) => `/services/${slug}`),
    ...content.help.map(({ slug }) => `/help/${slug}`),
    ...content.policies.map(({ version }) => `/privacy/versions/${version}`),
  ]
  return [
    ...[...fixed, ...plain, ...written].map((path) => open('visitor', path)),
    open('ada', '/', '/ (signed in)'),
    open('visitor', '/nothing/here', 'nothing here', 404),
  ]
}

function doorPages({ welcome, reset }: { welcome: string; reset: string }): Page[] {
  return [
    open('visitor', '/sign-up'),
    send('visitor', '/sign-up', { name: '', email: 'nonsense' }, 'sign-up with errors'),
    open('visitor', '/sign-in'),
    open('visitor', '/sign-in?then=/account/security', 'sign-in on the way to a page'),
    send('visitor', '/sign-in', { email: '' }, 'sign-in with errors'),
    send('visitor', '/sign-in', { email: 'ada@example.org', password: 'not the one' }, 'sign-in with a wrong password'),
    open('visitor', '/sign-in/arrived', 'back without a cookie'),
    open('visitor', '/sign-in/code', 'code page without an attempt'),
    open('waiting', '/sign-in/code', 'code page'),
    send('waiting', '/sign-in/code', { code: '' }, 'code page with errors'),
    send('visitor', '/sign-in/code', { code: '123456' }, 'code without an attempt', 400),
    open('visitor', welcome, 'link of a letter'),
    send('visitor', '/sign-in/code/none', {}, 'expired link', 410),
    open('visitor', '/sign-in/second-factor', 'second factor without an attempt'),
    open('visitor', '/password/reset'),
    send('visitor', '/password/reset', { email: '' }, 'reset with errors'),
    send('visitor', '/password/reset', { email: 'nobody@example.org' }, 'reset asked for', 200),
    open('visitor', reset, 'new password'),
    send('visitor', reset, { password: 'short' }, 'new password with errors'),
  ]
}

/** A subscriber with a letter of every kind, and what its links open. */
async function updatePages(house: TestHouse, owner: string): Promise<Page[]> {
  const visitor = house.browser()
  const letterTo = async (email: string, path: string, form: Page['form'] = {}) => {
    await visitor.post(path, { ...form })
    return linkIn((await house.inbox(email))[0])
  }
  const rita = { name: 'Rita Reader', email: 'rita@example.org' }
  await visitor.post(await letterTo(rita.email, '/updates', { ...rita, topics: 'news' }))
  const [{ id } = { id: asId('') }] = await house.query<{ id: Id }>('select id from subscriptions')
  const leave = `/updates/unsubscribe/${id ? unsubscribeToken(house.house.db, { subscriptionId: id, topic: 'news' }) : ''}`
  const back = await letterTo(rita.email, leave)
  await visitor.post(back)
  const preferences = await letterTo(rita.email, '/updates/preferences', { email: rita.email })
  const confirm = await letterTo('sam@example.org', '/updates', { name: 'Sam', email: 'sam@example.org', topics: 'news,events' })
  const issue = await sendIssue(house, owner)
  return [
    ...[
      '/updates',
      '/updates/archive',
      `/updates/archive/${issue}`,
      '/updates/asked',
      '/updates/confirmed',
      '/updates/left',
      '/updates/returned',
      '/updates/left-all',
    ].map((path) => open('visitor', path)),
    open('visitor', '/updates/archive/page/2', 'a page that the archive does not have', 404),
    send('visitor', '/updates', { name: '', email: 'nonsense', topics: 'events' }, 'subscribing with errors'),
    open('visitor', confirm, 'confirming updates'),
    open('visitor', '/updates/confirm/none', 'confirming what is over', 410),
    open('visitor', leave, 'leaving a topic'),
    open('visitor', '/updates/unsubscribe/none', 'a broken link', 404),
    open('visitor', back, 'undoing a departure'),
    open('visitor', '/updates/preferences', 'asking for preferences'),
    send('visitor', '/updates/preferences', { email: '' }, 'asking for preferences with errors'),
    open('visitor', preferences, 'preferences'),
    send('visitor', preferences, { name: '' }, 'preferences with errors'),
    open('visitor', `${preferences}?done=saved`, 'preferences saved'),
    open('ada', '/account/updates'),
    open('owner', '/staff/updates/topics'),
    send('owner', '/staff/updates/topics', { title: '', says: '', place: '' }, 'a topic with errors'),
    open('owner', '/staff/updates/topics/news'),
  ]
}

/** An issue that went out, with all that Markdown can; returns its name in addresses. */
async function sendIssue(house: TestHouse, owner: string): Promise<string> {
  const by = asId(owner)
  if (!by) throw new Error('nobody to write an issue')
  const body =
    'Hello {{name|there}},\n\n## What is new\n\n- One thing\n- Another\n\n> A word of somebody\n\n| Service | From |\n|---|---|\n| Small Hosting | $9 |\n\n---\n\nMore is in [Help](/help).'
  const words = { subject: 'Three things that changed in November', preheader: 'Small Hosting keeps more copies, and more.', body }
  const slug = await house.house.db.as('updates', async (tx) => {
    const issueId = await begin(tx, { topic: 'news', by })
    await edit(tx, { issueId, by, topic: 'news', narrowed: {}, ...words })
    await schedule(tx, { issueId, by, sendAt: now(), zone: 'UTC' })
    return (await issueOf(tx, issueId))?.slug ?? ''
  })
  await wake(house.house)
  return slug
}

function accountPages(): Page[] {
  const paths = [
    '/account',
    '/account/services',
    '/account/address',
    '/account/proof',
    '/account/proof/code',
    '/account/security',
    '/account/security/password',
  ]
  const more = ['/account/security/passkeys', '/account/mailbox', '/account/privacy', '/account/privacy/erasure']
  return [...paths, ...more, '/account/suggestions', '/account/security/second-factor'].map((path) => open('ada', path))
}

function servicePages(): Page[] {
  return [
    open('ada', '/services/scheduled-runs/steady', 'registering for what is paid'),
    open('ada', '/services/status-pages/page', 'registering for what one has'),
    send('ada', '/services/small-hosting/team', { seats: '0' }, 'registering with errors'),
    send('owner', '/staff/programs/opendsr', { url: '' }, 'a service that answers requests, with errors'),
    open('owner', '/staff/services'),
    open('owner', '/staff/billing'),
    open('owner', '/staff/billing/rules'),
    open('owner', '/staff/billing/customers/none', 'a customer whom billing does not know', 404),
    open('owner', '/staff/billing/rules/all'),
    open('owner', '/staff/billing/rules/for/scheduled-runs'),
    open('owner', '/staff/billing/reconciliation'),
    open('owner', '/staff/billing/memberships'),
    open('owner', '/staff/billing/memberships?standing=paused', 'memberships that there are none of'),
    open('owner', '/staff/billing/failed'),
    open('owner', '/staff/billing/revenue'),
    open('owner', '/staff/billing/usage'),
    send('owner', '/staff/services', { slug: 'No', title: '' }, 'a new service with errors'),
    open('owner', '/staff/services/small-hosting'),
    open('owner', '/staff/services/small-hosting/plans'),
    open('owner', '/staff/services/small-hosting/plans/team'),
    send('owner', '/staff/services/small-hosting/plans/team', { title: '' }, 'a plan with errors'),
  ]
}

// A key, and an endpoint that nobody listens at.
async function programsFor(owner: Browser): Promise<string> {
  await owner.post('/staff/programs/keys', { name: 'Log search', scopes: 'access:read', service: '', lasts: '365' })
  const added = await owner.post('/staff/programs/endpoints', { url: 'http://127.0.0.1:1/hooks', types: 'person.erased' })
  return /href="(\/staff\/programs\/endpoints\/[^"]+)"/.exec(await added.text())?.[1] ?? ''
}

function staffPages(opened: string, unopened: string, shared: Page): Page[] {
  const paths = [
    '/staff',
    '/staff/search?q=ada',
    '/staff/search?q=nothing-at-all',
    '/staff/team/roles',
    '/staff/activity',
    '/staff/activity?kind=house',
    '/staff/people',
    '/staff/people?q=ada',
    '/staff/people?q=nobody-at-all',
    '/staff/people/invite',
    '/staff/team',
    '/staff/audit',
    '/staff/recipients',
    '/staff/article-30',
    '/staff/agents',
    '/staff/jobs',
    '/staff/settings',
    '/staff/mail',
    '/staff/updates/stopped',
    '/staff/updates/stopped?q=ada%40example.org',
    '/staff/programs',
    '/staff/programs/keys/new',
    '/staff/programs/endpoints/new',
    '/staff/programs/opendsr',
    '/staff/navigation',
    '/staff/navigation?days=1&clock=utc',
    '/staff/navigation?from=2000-01-01&until=2000-01-09',
    '/staff/navigation?is.channel=search&not.page=%2Fhelp',
    '/staff/navigation?is.page=%2Fnowhere',
    '/staff/navigation/panel?of=page',
    '/staff/navigation/speed',
    '/staff/navigation/letters',
    '/staff/navigation/consents',
    '/staff/navigation/kept?is.channel=search',
    '/staff/navigation/speed?from=2000-01-01&until=2000-01-09',
  ]
  const people = [`/staff/people/${opened}`, `/staff/people/${unopened}`]
  return [shared, ...[...paths, ...people].map((path) => open('owner', path))]
}

const WORDS = {
  subject: 'News for {{name|you}}',
  preheader: 'What is new this month',
  body: 'Hello {{name|there}},\n\n## A heading\n\nSome words, and [a link](/help).\n\n- one\n- two\n',
}

/** Issues in every standing that there is. */
async function issuePages(house: TestHouse, owner: Browser): Promise<Page[]> {
  const begin = async () => (await owner.post('/staff/updates', { topic: 'news' })).headers.get('location') ?? ''
  const schedule = { day: '', time: '', zone: 'Europe/Berlin', sure: 'yes' }
  const [draft, later, sent] = [await begin(), await begin(), await begin()]
  for (const issue of [later, sent]) await owner.post(issue, { topic: 'news', ...WORDS })
  await owner.post(`${later}/schedule`, { ...schedule, day: '2099-01-01', time: '09:30' })
  await owner.post(`${sent}/schedule`, schedule)
  await house.settle()
  return [
    open('owner', '/staff/updates'),
    open('owner', draft, 'an issue at the desk'),
    send('owner', draft, { topic: 'none', subject: 'x', preheader: '', body: '' }, 'the desk with errors'),
    open('owner', later, 'a scheduled issue'),
    open('owner', sent, 'an issue that was sent'),
  ]
}

const LIST =
  'email,name,status\r\nrosa@lists.example,Rosa,subscribed\r\nno address,Otto,subscribed\r\nuwe@lists.example,Uwe,unsubscribed\r\n'

/** What was brought in from elsewhere: lists of subscribers, and history. */
async function listPages(house: TestHouse, owner: Browser): Promise<Page[]> {
  const said = {
    email: '0',
    name: '1',
    status: '2',
    topics: 'events',
    proof: 'statement',
    words: 'Yes.',
    place: 'a form',
    day: '2024-05-31',
  }
  const [fresh, read, done] = [await uploadList(owner), await uploadList(owner), await uploadList(owner)]
  for (const list of [read, done]) await owner.post(list, said)
  await house.settle()
  await owner.post(`${done}/sign`, { sure: 'yes' })
  await house.settle()
  return [
    ...(await historyPages(house, owner)),
    open('owner', '/staff/updates/import'),
    send('owner', '/staff/updates/import', {}, 'a list with errors'),
    open('owner', fresh, 'a list to be described'),
    send('owner', fresh, { ...said, email: '', topics: '', words: '' }, 'a list described with errors'),
    open('owner', read, 'a list to be signed'),
    send('owner', `${read}/sign`, {}, 'a list that was not signed'),
    open('owner', done, 'a list that was brought in'),
  ]
}

/** History of another program: read, brought in, and what could not be read. */
async function historyPages(house: TestHouse, owner: Browser): Promise<Page[]> {
  const at = '/staff/navigation/import'
  const [read, done] = [await uploadHistory(owner, '2024'), await uploadHistory(owner, '2025')]
  await owner.post(`${done}/confirm`)
  await house.settle()
  return [
    open('visitor', await stopPage(house), 'a letter about visits to be stopped'),
    open('owner', at),
    send('owner', at, {}, 'history without a file'),
    open('owner', read, 'history to be confirmed'),
    open('owner', done, 'history that was brought in'),
    open('owner', '/staff/navigation?from=2024-12-28&until=2025-01-06', 'a report with history'),
    open('owner', '/staff/navigation/panel?of=page&from=2024-12-28&until=2025-01-06', 'a panel with history'),
  ]
}

async function stopPage({ house, query }: TestHouse): Promise<string> {
  const [member] = await query<{ id: Id }>("select person_id as id from staff where role = 'owner'")
  assert(member)
  return new URL(stopAddress(house, { personId: member.id, kind: 'weekly' })).pathname
}

async function uploadHistory(owner: Browser, year: string): Promise<string> {
  const part = (name: string, text: string) => `--cloudrun-history-boundary\r\ncontent-disposition: form-data; name="${name}"${text}\r\n`
  const totals = `date,visitors,pageviews,bounces,visits,visit_duration\n${year}-01-01,119,304,77,134,21070\n${year}-01-02,90,204,50,99,9000\nnever,1,1,1,1,1\n`
  const pages = `date,hostname,page,visits,visitors,pageviews\n${year}-01-01,www.example.com,/pricing,90,80,120\n`
  const body = [
    part('site', '\r\n\r\nwww.example.com'),
    part('file', `; filename="imported_visitors.csv"\r\n\r\n${totals}`),
    part('file', `; filename="imported_pages.csv"\r\n\r\n${pages}`),
    '--cloudrun-history-boundary--\r\n',
  ].join('')
  const type = 'multipart/form-data; boundary=cloudrun-history-boundary'
  return (await owner.send('/staff/navigation/import', { body: Buffer.from(body), type })).headers.get('location') ?? ''
}

async function uploadList(owner: Browser): Promise<string> {
  const head = '--cloudrun-boundary\r\ncontent-disposition: form-data; name="file"; filename="list.csv"\r\n\r\n'
  const body = Buffer.from(`${head}${LIST}\r\n--cloudrun-boundary--\r\n`)
  return (
    (await owner.send('/staff/updates/import', { body, type: 'multipart/form-data; boundary=cloudrun-boundary' })).headers.get(
      'location',
    ) ?? ''
  )
}
