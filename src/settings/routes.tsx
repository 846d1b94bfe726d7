/** The settings at the console: read them, make some of them stricter. */
import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { freshly, signedIn } from '../sessions/guard.ts'
import { whoMay } from '../staff/guard.ts'
import { type Form, outcomeTold, readForm } from '../web/form.ts'
import type { House, Web } from '../web/house.ts'
import { showPage } from '../web/page.tsx'
import { SettingsPage } from './pages.tsx'
import { chooseSetting, givenFor, inForce, learnSettings, type SettingName, settingNames, settings } from './stricter.ts'

type Ctx = Context<Web>
type Failed = Extract<Form<unknown>, { ok: false }>
const BASE = '/staff/settings'

export const settingsRoutes = new Hono<Web>()
  .get(BASE, signedIn, whoMay('settings'), (c) => show(c))
  .post(BASE, signedIn, whoMay('settings'), freshly, keep)

function show(c: Ctx, failed?: Failed): Response | Promise<Response> {
  const page = <SettingsPage house={c.get('house')} told={outcomeTold(c, { kept: 'The settings are kept.' })} {...failed} />
  return showPage(c, { title: 'Settings', area: 'staff' }, page, failed ? 422 : 200)
}

const whole = (least: number, most: number, refusal: string) =>
  z
    .string(refusal)
    .regex(/^\s*\d{1,4}\s*$/, refusal)
    .transform(Number)
    .pipe(z.number().min(least, refusal).max(most, refusal))

/** What may be chosen here: nothing laxer than the environment has it. */
const formFor = (house: House) =>
  z.object(
    Object.fromEntries(
      settingNames.map((name) => {
        const [least, { most }] = [givenFor(house, name), settings[name]]
        return [name, whole(least, most, `Please give a whole number from ${least} to ${most}.`)]
      }),
    ) as Record<SettingName, ReturnType<typeof whole>>,
  )

async function keep(c: Ctx): Promise<Response> {
  const house = c.get('house')
  const form = await readForm(c, formFor(house))
  if (!form.ok) return show(c, form)
  const { personId: by } = c.get('signedIn')
  await house.db.as('operations', async (tx) => {
    for (const name of settingNames)
      if (form.data[name] !== inForce(house, name))
        await chooseSetting(tx, { name, value: form.data[name], given: givenFor(house, name), by })
  })
  await learnSettings(house)
  return c.redirect(`${BASE}?done=kept`, 303)
}
