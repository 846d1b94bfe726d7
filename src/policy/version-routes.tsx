/** Every version of the policy, what it changed, and what one can do about it. */
import { type Context, Hono } from 'hono'
import type { Child } from 'hono/jsx'
import { z } from 'zod'
import type { For } from '../database/connection.ts'
import { signedIn } from '../sessions/guard.ts'
import { allVersions, inForceOf, type Version } from '../versions/version.ts'
import { readForm } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { publicPage, showPage } from '../web/page.tsx'
import { nothingHere } from '../web/refusal.ts'
import { type Delivery, deliveryOf, noteSeen, unseenBy } from './notices.ts'
import { beforeOf, changesBetween, comparable, newsOf } from './news.ts'
import { ChangesPage, ChoicesPage, NoticePage, PolicyPage, VersionsPage } from './version-pages.tsx'

type Ctx = Context<Web>
const VERSION = '/privacy/versions/:n{[1-9][0-9]{0,8}}'

// How many were told changes while letters go out.
const SECONDS = { seconds: 60 }

export const versionRoutes = new Hono<Web>()
  .get(
    '/privacy/versions',
    publicPage(async (house) => {
      const versions = await read(house, allVersions)
      const shown = { title: 'Versions of the privacy policy', description: 'Every version of the policy, with its date.' }
      return { shown, body: <VersionsPage versions={versions} inForce={inForceOf(versions)?.number} /> }
    }),
  )
  .get(VERSION, publicPage(versionPage, SECONDS))
  .get(`${VERSION}/policy.md`, sendSource)
  .get(
    `${VERSION}/changes`,
    publicPage((house, c) => changesPage(house, c)),
  )
  .get(
    `${VERSION}/choices`,
    publicPage(async (house, c) => {
      const { version } = await versionHere(house, c)
      const shown = { title: 'What you can do', description: 'Object, take your data, leave, or have it erased.' }
      return { shown, body: <ChoicesPage version={version} address={house.config.privacyAddress} /> }
    }),
  )
  .get('/account/policy', signedIn, showNotice)
  .post('/account/policy', signedIn, noticeRead)

const read = <R,>(house: House, work: (tx: For<'service'>) => Promise<R>): Promise<R> => house.db.as('service', work)

/** The page of the version in force, with what belongs below it. */
export async function inForcePage(house: House, below: Child) {
  const version = inForceOf(await read(house, allVersions))
  if (!version) throw nothingHere('no policy in force')
  return { shown: { title: version.title, description: version.summary }, body: <PolicyPage version={version} below={below} /> }
}

interface Here {
  readonly version: Version
  readonly versions: readonly Version[]
}

async function versionHere(house: House, c: Ctx): Promise<Here> {
  const versions = await read(house, allVersions)
  const version = versions.find(({ number }) => String(number) === c.req.param('n'))
  if (!version) throw nothingHere('no such version')
  return { version, versions }
}

async function versionPage(house: House, c: Ctx) {
  const { version } = await versionHere(house, c)
  const delivery: Delivery | undefined = version.brought ? undefined : await house.db.as('legal', (tx) => deliveryOf(tx, version.number))
  const shown = { title: `${version.title}, version ${version.number}`, description: version.summary }
  return { shown, body: <PolicyPage version={version} evidence={{ delivery }} /> }
}

async function sendSource(c: Ctx): Promise<Response> {
  const { version } = await versionHere(c.get('house'), c)
  return c.body(version.source, 200, {
    'content-type': 'text/markdown; charset=utf-8',
    'content-disposition': `inline; filename="policy-${version.number}.md"`,
    'cache-control': 'public, max-age=86400',
  })
}

async function changesPage(house: House, c: Ctx) {
  const { version, versions } = await versionHere(house, c)
  const before = beforeOf(versions, version)
  const pieces = before && (await changesBetween(comparable(before), comparable(version)))
  const shown = { title: `What version ${version.number} changed`, description: 'The difference to the version before it, word by word.' }
  return { shown, body: <ChangesPage version={version} pieces={pieces} news={before && newsOf(before, version)} /> }
}

async function showNotice(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const versions = await read(house, allVersions)
  const unseen = await house.db.as('rights', (tx) => unseenBy(tx, c.get('signedIn').personId))
  const version = versions.find(({ number }) => number === unseen)
  if (!version) return c.redirect('/account', 303)
  const before = beforeOf(versions, version)
  const page = <NoticePage version={version} news={before && newsOf(before, version)} />
  return showPage(c, { title: 'Our privacy policy changes', area: 'account' }, page)
}

async function noticeRead(c: Ctx): Promise<Response> {
  const form = await readForm(c, z.object({ version: z.coerce.number().int().positive().max(1_000_000_000) }))
  if (!form.ok) return c.redirect('/account/policy', 303)
  const { personId } = c.get('signedIn')
  await c.get('house').db.as('rights', (tx) => noteSeen(tx, personId, form.data.version))
  return c.redirect('/account', 303)
}
