/** When the newest backup was made; apart from what makes them, which is large. */
import { readdir } from 'node:fs/promises'

/** The name of a backup, with its moment. */
export const NAME = /^cloudrun-(\d{4}-\d\d-\d\dT\d{6}Z)\.tar\.zst\.age$/

/** The moment in the name of a backup, such as `2027-01-02T030405Z`. */
export const momentIn = (text: string): Date => new Date(text.replace(/T(\d\d)(\d\d)(\d\d)Z$/, 'T$1:$2:$3Z'))

/** The moment of the newest backup in a folder; undefined when there is none, or no such folder. */
export async function newestBackup(dir: string): Promise<Date | undefined> {
  const names = await readdir(dir).catch(() => [])
  const newest = names
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .sort()
    .at(-1)
  return newest === undefined ? undefined : momentIn(newest)
}
