/** What a command says: results on standard output, everything for the person on standard error. */
import { createInterface } from 'node:readline/promises'
import { styleText } from 'node:util'

/** Something that the person can put right: one sentence with the remedy, and the exit code that says which kind. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly code: number

  constructor(sentence: string, code: number) {
    super(sentence)
    this.code = code
  }
}

/** How commands end; `cloudrun --help` lists them. */
export const exits = { done: 0, failed: 1, usage: 2, nobody: 3 } as const

/** The command was typed wrongly. */
export const wrongUsage = (sentence: string): CommandError => new CommandError(sentence, exits.usage)

/** Nobody has this address. */
export const nobody = (email: string): CommandError =>
  new CommandError(`Nobody is known here with the address ${email}: look for a typing error.`, exits.nobody)

/** A result, for a person or a pipe. */
export const say = (text: string): void => void process.stdout.write(`${text}\n`)

/** A result, for a machine. */
export const sayJson = (value: unknown): void => say(JSON.stringify(value, null, 2))

/** A remark for the person at the terminal. */
export const remark = (text: string): void => void process.stderr.write(`${text}\n`)

/** Bold where the terminal of the remarks shows it. */
export const bold = (text: string): string => styleText('bold', text, { stream: process.stderr })

/** Faint where the terminal of the remarks shows it. */
export const faint = (text: string): string => styleText('dim', text, { stream: process.stderr })

/** Facts under each other, their names in one column. */
export function columns(facts: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...facts.map(([name]) => name.length))
  return facts.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`).join('\n')
}

/** 2000 as `2,000`. */
export const counted = (count: number, what?: string): string => {
  const number = count.toLocaleString('en-GB')
  return what === undefined ? number : `${number} ${what}${count === 1 ? '' : 's'}`
}

/** Is there a person who can be asked? */
export const isTerminal = (): boolean => process.stdin.isTTY && process.stderr.isTTY

/** Asks; anything but the word itself means no. */
export async function confirmed(question: string, word: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await prompt.question(`${question} Type "${word}" to go on: `)).trim() === word
  } finally {
    prompt.close()
  }
}

export interface Progress {
  /** So much of the whole is done. */
  at(done: number): void
  end(): void
}

const PATIENCE = 1000
const WIDTH = 30

/**
 * Shows how far something has come, once it takes longer than a second: a bar that moves where
 * standard error is a terminal, else a line at each quarter.
 */
export function progress(label: string, total: number): Progress {
  const started = performance.now()
  const late = () => performance.now() - started > PATIENCE
  return process.stderr.isTTY ? movingBar(label, total, late) : quarterlyLines(label, total, late)
}

function movingBar(label: string, total: number, late: () => boolean): Progress {
  let shown = ''
  const draw = (done: number) => {
    const share = total === 0 ? 1 : Math.min(1, done / total)
    const bar = '━'.repeat(Math.round(share * WIDTH))
    const text = `  ${label}  ${bar}${faint('━'.repeat(WIDTH - bar.length))}  ${String(Math.floor(share * 100)).padStart(3)} %`
    if (text !== shown) process.stderr.write(`\r\u001b[2K${text}`)
    shown = text
  }
  const at = (done: number): void => {
    if (late()) draw(done)
  }
  const end = (): void => {
    if (shown !== '') process.stderr.write('\r\u001b[2K')
  }
  return { at, end }
}

function quarterlyLines(label: string, total: number, late: () => boolean): Progress {
  let quarter = 0
  const at = (done: number): void => {
    const now = total === 0 ? 4 : Math.floor((done / total) * 4)
    if (now <= quarter || !late()) return
    quarter = now
    remark(`${label}: ${now * 25} %, ${counted(done)} of ${counted(total)}`)
  }
  return { at, end: () => {} }
}
