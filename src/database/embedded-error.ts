/** What stands in the way of the embedded PostgreSQL, in words. */

/** What stands in the way, in one sentence for the person at the terminal. */
export class EmbeddedError extends Error {
  override readonly name = 'EmbeddedError'
}

/** Turns what the system or a command said into one sentence that begins with what it means to the reader. */
export function sentence(error: unknown, beginning: string): EmbeddedError {
  if (error instanceof EmbeddedError) return error
  const { code, message, stderr } = error as NodeJS.ErrnoException & { stderr?: string }
  const said = stderr?.split('\n').find((line) => /error|FATAL/.test(line)) ?? message
  return new EmbeddedError(`${beginning}: ${code === 'EACCES' ? 'permission denied' : said}.`, { cause: error })
}

/** For `catch`: a failure with one of these codes is no failure, and its value is undefined; others are thrown on. */
export const unless =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? '')) throw error
  }
