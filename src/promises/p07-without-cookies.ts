/** P7: every public page without cookies. */
import { cookieName, type CookieName } from '../web/cookies.ts'
import type { Look } from './look.ts'
import { publicPages } from './pages-seen.ts'
import type { Promised } from './promise.ts'

export const p7: Promised = {
  name: 'P7',
  says: 'Cookies make using the websites easy, such as resuming a signed-in session after navigating away. Whoever refuses cookies can still read every public page, and is told plainly what will not work.',
  keptBy: [
    { page: '/cookies', says: 'names each cookie, and what does not work without it' },
    { page: '/sign-in', says: 'says that signing in needs one' },
    {
      file: 'src/web/cookies.ts',
      says: 'the list of cookies that there are, and how each is set: this site’s alone, and out of reach of scripts',
    },
  ],
  looksAt:
    'Every public page as somebody gets it who refuses cookies: whether it can be read, and whether it sets one; what the page about cookies says; and how a cookie is set.',
  async check(look) {
    for (const { path, answer } of await publicPages(look)) {
      if (answer.status !== 200) look.find(`${path} answers ${answer.status} without cookies`)
      if (answer.headers.has('set-cookie')) look.find(`${path} sets a cookie`)
    }
    await lookAtWords(look)
    await lookAtCookie(look)
  },
}

const NAMES: readonly CookieName[] = ['session', 'attempt', 'uncounted', 'answers']

async function lookAtWords(look: Look): Promise<void> {
  const { text } = await look.get('/cookies')
  look.count('cookies', NAMES.length)
  look.find(...NAMES.filter((name) => !text.includes(`<code>${name}</code>`)).map((name) => `a cookie is not explained: ${name}`))
  if (!/If you refuse them/.test(text) || !/What will not work/.test(text)) look.find('it is not said what does not work without cookies')
  const door = await look.get('/sign-in')
  if (!door.text.includes('href="/cookies"')) look.find('whoever signs in is not told about cookies')
}

/** The switch that everybody may use sets one, as all are set: by it one sees how. */
async function lookAtCookie(look: Look): Promise<void> {
  const { config } = look.house
  const { headers } = await look.get('/privacy/counting', { method: 'POST', body: new URLSearchParams({ answer: 'no' }) })
  const set = headers.getSetCookie()
  const [cookie = ''] = set
  look.expect(
    'settings of a cookie',
    set.length === 1 && cookie.startsWith(`${cookieName(config, 'uncounted')}=`),
    'the switch sets something else than its one cookie',
  )
  const wanted = ['HttpOnly', 'SameSite=Lax', 'Path=/', ...(config.origin.startsWith('https://') ? ['Secure'] : [])]
  look.find(...wanted.filter((word) => !cookie.includes(word)).map((word) => `a cookie is set without ${word}`))
  if (/domain=/i.test(cookie) && config.cookieDomain === undefined) look.find('a cookie is set for more than this host')
}
