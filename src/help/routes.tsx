/** Help and Support: articles, finding one, saying whether it helped, and asking. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { recognise } from '../sessions/guard.ts'
import { clientNetwork } from '../web/client.ts'
import type { Article, Content } from '../web/content.ts'
import { emailAddress, type Form, personName, readForm } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { publicPage, showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { limit, limitLetters } from '../web/throttle.ts'
import { accountRoutes } from './account-routes.tsx'
import { question } from './asking.ts'
import { begin } from './conversation.ts'
import { findArticles } from './finding.ts'
import { officeRoutes } from './office-routes.tsx'
import { ArticlePage, AskedPage, ContactPage, type ContactProps, FoundPage, IndexPage, ThanksPage } from './pages.tsx'
import { countVote } from './vote.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>

export const helpRoutes = new Hono<Web>()
  .get('/help', (c) => (c.req.query('q')?.trim() ? search(c) : index(c)))
  .get('/help/contact', (c) => showContact(c))
  .post('/help/contact', ask)
  .get(
    '/help/contact/sent',
    publicPage(() => ({ shown: { title: 'Your question has come in', robots: 'noindex' as const }, body: <AskedPage /> })),
  )
  .get(
    '/help/:article',
    publicPage(({ content }, c) => {
      const article = articleHere(c, content)
      return { shown: { title: article.title, description: article.summary }, body: <ArticlePage article={article} /> }
    }),
  )
  .post('/help/:article/helped', vote)
  .get(
    '/help/:article/helped',
    publicPage(({ content }, c) => ({
      shown: { title: 'Thank you', robots: 'noindex' as const },
      body: <ThanksPage article={articleHere(c, content)} />,
    })),
  )
  .route('/', accountRoutes)
  .route('/', officeRoutes)

const index = publicPage(
  ({ content }) => ({
    shown: { title: 'Help and Support', description: 'Answers about registering, signing in, your data and paying.' },
    body: <IndexPage articles={content.help} />,
  }),
  { unless: 'q' },
)

const LONGEST_SEARCH = 200

// Neither kept ready nor counted: what somebody looks for stays between them and this page.
function search(c: Ctx): Response {
  const sought = (c.req.query('q') ?? '').trim().slice(0, LONGEST_SEARCH)
  const found = findArticles(c.get('house').content, sought)
  return showPage(c, { title: 'Search the help', robots: 'noindex' }, <FoundPage sought={sought} found={found} />)
}

function articleHere(c: Context, content: Content): Article {
  const article = content.help.find(({ slug }) => slug === c.req.param('article'))
  if (!article) throw nothingHere('no such help article')
  return article
}

async function vote(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { slug } = articleHere(c, house.content)
  const form = await readForm(c, z.object({ helped: z.enum(['yes', 'no']) }))
  if (!form.ok) return c.redirect(`/help/${slug}`, 303)
  await limit(house.db, 'votes by network', clientNetwork(c))
  await house.db.as('improvement', (tx) => countVote(tx, slug, form.data.helped))
  return c.redirect(`/help/${slug}/helped`, 303)
}

function contactIn({ content }: House): Pick<ContactProps, 'title' | 'more'> & { description: string } {
  const page = content.pages.find(({ slug }) => slug === 'contact')
  return { title: page?.title ?? 'Contact', description: page?.description ?? 'Ask us something.', more: page?.html ?? '' }
}

const aboutIn = ({ content }: House, slug: string | undefined): Article | undefined => content.help.find((article) => article.slug === slug)

// Not kept ready: whoever is signed in is asked for less.
async function showContact(c: Ctx, form?: Failed): Promise<Response> {
  const house = c.get('house')
  const about = aboutIn(house, form ? form.typed['about'] : c.req.query('about'))
  const signedInAs = (await recognise(c)) ? c.get('signedIn').email : undefined
  const { description, ...page } = contactIn(house)
  if (!form) c.set('shownToAll', true)
  return showPage(c, { title: page.title, description }, <ContactPage {...page} {...{ about, signedInAs }} {...form} />, form ? 422 : 200)
}

const asking = z.object({ words: question, about: z.string().max(200).optional() })

async function ask(c: Ctx): Promise<Response> {
  return (await recognise(c)) ? askSignedIn(c) : askUnknown(c)
}

async function askUnknown(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, asking.extend({ name: personName, email: emailAddress }))
  if (!form.ok) return showContact(c, form)
  const { name, email, words, about } = form.data
  await limit(house.db, 'questions by network', clientNetwork(c))
  await limitLetters(c, 'question', email)
  await house.db.as('support', (tx) => begin(tx, house, { name, email, words, way: 'web', article: aboutIn(house, about)?.slug }))
  return c.redirect('/help/contact/sent', 303)
}

async function askSignedIn(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const { personId, email, name } = c.get('signedIn')
  const form = await readForm(c, asking)
  if (!form.ok) return showContact(c, form)
  await limit(house.db, 'questions by person', personId)
  const { words, about } = form.data
  const begun = await house.db.as('support', (tx) =>
    begin(tx, house, { name, email, words, way: 'account', article: aboutIn(house, about)?.slug }),
  )
  return c.redirect(`/account/help/${begun.id}?done=asked`, 303)
}
