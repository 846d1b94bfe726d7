/** P18: the same for the website and each of its subdomains. */
import { cookieName } from '../web/cookies.ts'
import { safeHeaders } from '../web/headers.ts'
import type { Look } from './look.ts'
import type { Promised } from './promise.ts'

export const p18: Promised = {
  name: 'P18',
  says: 'All of this holds for the website and each of its subdomains.',
  keptBy: [
    { page: '/privacy', says: 'the policy, at each host' },
    { page: '/privacy/promises', says: 'this page, at each host' },
    { file: 'src/web/rails.ts', says: 'every request goes by the same rails, and a host that is not listed is not answered' },
    { file: 'src/web/cookies.ts', says: 'a session spans subdomains only where the operator said so' },
  ],
  looksAt:
    'Every host that is answered: whether it has the policy, the promises and the page about cookies, with the same careful headers; a host that is not listed; and for which hosts cookies are meant.',
  async check(look) {
    const { hosts } = look.house.config
    for (const host of hosts) await lookAtHost(look, host)
    await lookAtStranger(look)
    await lookAtCookies(look)
    lookAtSites(look)
  },
}

const PATHS = ['/privacy', '/privacy/promises', '/cookies', '/privacy/requests/new']

async function lookAtHost(look: Look, host: string): Promise<void> {
  look.count('hosts')
  for (const path of PATHS) {
    const { status, headers, text } = await look.get(path, { headers: { host } })
    if (status !== 200) look.find(`${host} answers ${status} at ${path}`)
    const missing = Object.entries(safeHeaders(look.house.config)).filter(([name, value]) => headers.get(name) !== value)
    look.find(...missing.map(([name]) => `${host} answers ${path} without ${name}`))
    if (!text.includes('href="/privacy"')) look.find(`${host} does not link to the policy at ${path}`)
  }
}

async function lookAtStranger(look: Look): Promise<void> {
  const { status } = await look.get('/privacy', { headers: { host: 'not-listed.example' } })
  look.expect('unlisted hosts', status === 421, `a host that is not listed is answered by ${status}`)
}

/** A cookie for the whole domain is for a domain that each host lies in. */
async function lookAtCookies(look: Look): Promise<void> {
  const { config } = look.house
  const { cookieDomain, hosts, origin } = config
  const prefix = !origin.startsWith('https://') ? '' : cookieDomain ? '__Secure-' : '__Host-'
  look.expect(
    'names of cookies',
    cookieName(config, 'session') === `${prefix}session`,
    'the cookie of a session could be read by other hosts',
  )
  const own = hosts.filter((host) => !/^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host)).map((host) => host.replace(/:\d+$/, ''))
  const outside = cookieDomain ? own.filter((host) => host !== cookieDomain && !host.endsWith(`.${cookieDomain}`)) : []
  look.find(...outside.map((host) => `sessions are meant for ${cookieDomain}, and ${host} is not in it`))
}

// Counting visits elsewhere is ours as well: over the same secure line.
function lookAtSites(look: Look): void {
  const { navigationSites, environment } = look.house.config
  look.count('websites that report visits', navigationSites.length)
  if (environment === 'production')
    look.find(
      ...navigationSites.filter((site) => !site.startsWith('https://')).map((site) => `visits are reported over an open line: ${site}`),
    )
}
