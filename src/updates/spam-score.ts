/** What SpamAssassin's rules say of a letter, where it is installed. It runs on this machine and asks nobody. */
import { spawn } from 'node:child_process'
import { withPass } from '../egress/wall.ts'

const PROGRAM = 'spamassassin'
const PATIENCE = 30_000
/** From here on some receivers begin to wonder. */
export const HIGH = 1

/** The score, or why there is none. */
export async function spamScore(message: Buffer): Promise<number | 'not installed' | 'no answer'> {
  // -L: offline rules alone; -x: writes no settings of its own. Nothing of the letter is an argument.
  const child = withPass({ program: PROGRAM }, () =>
    spawn(PROGRAM, ['-L', '-x', '-t'], { stdio: ['pipe', 'pipe', 'ignore'], timeout: PATIENCE }),
  )
  return new Promise((resolve) => {
    let text = ''
    child.once('error', () => resolve('not installed'))
    child.stdout.on('data', (bytes: Buffer) => void (text += bytes.toString('latin1')))
    child.once('close', () => resolve(scoreIn(text)))
    child.stdin.on('error', () => {})
    child.stdin.end(message)
  })
}

function scoreIn(text: string): number | 'no answer' {
  const score = /^X-Spam-Status:.*?\bscore=(-?[\d.]+)/m.exec(text)?.[1]
  return score === undefined ? 'no answer' : Number(score)
}
