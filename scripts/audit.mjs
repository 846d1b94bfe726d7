// Asks the registry for known weaknesses of what production runs on. High and critical ones fail the gate. Where nobody
// answers (no network, a mirror without this service), it says so and passes: building must work without a network.
import { execFile } from 'node:child_process'

const PATIENCE = 4_000
const GRAVE = ['high', 'critical']

/** What came of it: the answer of `npm audit --json` as text, perhaps none. */
export function judge(text) {
  try {
    const { vulnerabilities } = JSON.parse(text)
    if (typeof vulnerabilities !== 'object' || vulnerabilities === null) return { asked: false, grave: [] }
    const grave = Object.values(vulnerabilities).filter(({ severity }) => GRAVE.includes(severity))
    return { asked: true, grave: grave.map(({ name, severity, range }) => `${name} ${range}: ${severity}`) }
  } catch {
    return { asked: false, grave: [] }
  }
}

if (process.argv[1]?.endsWith('audit.mjs'))
  execFile(
    'npm',
    ['audit', '--omit=dev', '--json', '--fetch-retries=0', `--fetch-timeout=${PATIENCE}`],
    { timeout: PATIENCE },
    (_, text) => {
      const { asked, grave } = judge(text)
      if (!asked) console.log('The registry does not answer, so nothing is known of weaknesses.')
      for (const line of grave) console.error(line)
      process.exit(grave.length > 0 ? 1 : 0)
    },
  )
