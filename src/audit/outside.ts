/** Files outside the database that are only added to: what is in them must not be lost with the database, nor changed with it. */
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'

// More than a line has.
const TAIL = 1_000

/**
 * Adds to the file what `more` makes of its end, durably. A line that a crash cut short stays by itself: what is added
 * stands on lines of its own.
 * @param more gets the last line that is whole, empty where there is none; returns text with a line feed at its end, or nothing
 * @returns whether anything was added
 */
export async function addTo(file: string, more: (lastLine: string) => string | undefined): Promise<boolean> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const handle = await open(file, 'a+', 0o600)
  try {
    const { size } = await handle.stat()
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(TAIL), position: Math.max(0, size - TAIL) })
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
    const cutShort = lines.pop() !== ''
    const text = more(lines.at(-1) ?? '')
    if (text === undefined) return false
    await handle.write(cutShort ? `\n${text}` : text)
    await handle.sync()
    return true
  } finally {
    await handle.close()
  }
}
