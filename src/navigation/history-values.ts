/** How other programs call what is counted here under another name. */
import { OTHER } from './dimension.ts'
import { tidy, tidyPath } from './tidy.ts'

const devices: Readonly<Record<string, string>> = {
  ...{ desktop: 'computer', laptop: 'computer', 'ultra-wide': 'computer', mobile: 'telephone', tablet: 'tablet' },
  ...{ tv: 'television', 'smart tv': 'television' },
}
const browsers: Readonly<Record<string, string>> = {
  ...{ chrome: 'Chrome', crios: 'Chrome', firefox: 'Firefox', fxios: 'Firefox', safari: 'Safari', ios: 'Safari' },
  ...{ edge: 'Microsoft Edge', 'edge-chromium': 'Microsoft Edge', 'edge-ios': 'Microsoft Edge', 'microsoft edge': 'Microsoft Edge' },
  ...{ opera: 'Opera', samsung: 'Samsung Internet for Android', 'samsung browser': 'Samsung Internet for Android' },
  ...{ 'samsung internet': 'Samsung Internet for Android', android: 'Android Browser', 'android webview': 'Android Browser' },
  ...{ 'chromium-webview': 'Chrome', 'ios-webview': 'Safari', 'safari (in-app)': 'Safari' },
}
const channels: Readonly<Record<string, string>> = {
  ...{ direct: 'direct', referral: 'referral', 'organic search': 'search', 'organic social': 'social', email: 'e-mail' },
  ...{ 'paid search': 'paid search', 'paid social': 'paid social', display: 'display', affiliates: 'affiliate', sms: 'sms' },
  ...{ 'mobile push notifications': 'push', 'paid other': 'paid', 'cross-network': 'paid' },
}

/** What means that nobody knows. */
const isNothing = (text: string): boolean =>
  /^(\(not set\)|\(none\)|\(not provided\)|\(data not available\)|unknown|\(other\))?$/i.test(text.trim())

/** A word of an export, short and without anything of anybody's. */
export const wordIn = (text: string, longest = 80): string => (text === OTHER ? OTHER : isNothing(text) ? '' : tidy(text, longest))

const known = (names: Readonly<Record<string, string>>, text: string): string | undefined => {
  const name = text.trim().toLowerCase()
  return Object.hasOwn(names, name) ? names[name] : undefined
}

export const deviceIn = (text: string): string => known(devices, text) ?? ''
export const browserIn = (text: string): string => known(browsers, text) ?? wordIn(text)
export const channelIn = (text: string): string => known(channels, text) ?? wordIn(text).toLowerCase()
export const pageIn = (text: string): string => (isNothing(text) ? '' : tidyPath(text.trim().replace(/^https?:\/\/[^/?#]+/i, '')))

/** The browser's name and major version. */
export function versionIn(browser: string, version: string): string {
  const [name, major] = [browserIn(browser), /^\d+/.exec(version.trim())?.[0]]
  return name && major ? `${name} ${major}` : name
}

/** A host, from a host or an address. */
export function hostIn(text: string): string {
  const [host = ''] = text
    .trim()
    .toLowerCase()
    .replace(/^[a-z-]+:\/\//, '')
    .split(/[/?#:]/, 1)
  return /^[\w.-]+\.[\w-]+$/.test(host) ? tidy(host, 100) : ''
}

// ---- Names of countries and languages ------------------------------------------------------------

const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
const pairs = letters.flatMap((first) => letters.map((second) => first + second))
const further = { region: { 'hong kong': 'HK', macao: 'MO', türkiye: 'TR', turkey: 'TR', 'myanmar (burma)': 'MM' }, language: {} }
const codes = new Map<string, ReadonlyMap<string, string>>()

const plain = (name: string): string => name.trim().toLowerCase().replaceAll('’', "'")

const inUse = (type: 'region' | 'language', code: string): string =>
  type === 'region' ? (new Intl.Locale(`und-${code}`).region ?? code) : new Intl.Locale(code).language

// Made when the first name is read: most exports have codes.
function codesOf(type: 'region' | 'language'): ReadonlyMap<string, string> {
  const made = codes.get(type)
  if (made) return made
  const names = new Intl.DisplayNames(['en'], { type, fallback: 'none' })
  // A code that was given up, such as DD, is now another one.
  const found = pairs.map((pair) => [plain(names.of(type === 'region' ? pair : pair.toLowerCase()) ?? ''), inUse(type, pair)] as const)
  const map = new Map([...found, ...Object.entries(further[type])])
  codes.set(type, map)
  return map
}

/** The two letters of a country, from them or from its English name. */
export const countryIn = (text: string): string =>
  isNothing(text) ? '' : /^[a-z]{2}$/i.test(text.trim()) ? text.trim().toUpperCase() : (codesOf('region').get(plain(text)) ?? '')

/** The letters of a language without its country, from a code or from its English name. */
export function languageIn(text: string): string {
  const code = /^([a-z]{2,3})([-_].*)?$/i.exec(text.trim())?.[1]
  return isNothing(text) ? '' : (code ?? codesOf('language').get(plain(text.replace(/\s*\(.*$/, ''))) ?? '').toLowerCase()
}

/** The part of a country, as `US, Florida`, or as the code that the export has. */
export const regionIn = (country: string, region: string): string => {
  const word = wordIn(region, 60)
  return word && country && !/^[A-Z]{2}[-,]/.test(word) ? `${country}, ${word}` : word
}
