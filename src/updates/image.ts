/** A picture of an issue: kept by us, and served to everybody from one address that nobody can guess. */
import { randomBytes } from 'node:crypto'
import { asc, count, eq } from 'drizzle-orm'
import { now } from '../clock.ts'
import type { For } from '../database/connection.ts'
import type { Id } from '../log.ts'
import { issueImages } from './issue-tables.ts'
import { pictureIn } from './picture.ts'

/** As many as an issue may have. */
export const MOST_IMAGES = 30

/** A picture as its issue lists it. */
export interface ListedImage {
  readonly name: string
  readonly alt: string
}

/** Where everybody gets it. */
export const imagePath = (name: string): string => `/updates/images/${name}`

/** How the author puts it into the text. */
export const imageWords = ({ name, alt }: ListedImage): string => `![${alt.replace(/[[\]\\]/g, '\\$&')}](${imagePath(name)})`

/** Adds a picture. What is not plainly a picture is refused. */
export async function addImage(
  tx: For<'updates'>,
  { issueId, bytes, alt, by }: { issueId: Id; bytes: Buffer; alt: string; by: Id },
): Promise<ListedImage | 'no picture' | 'too many'> {
  const picture = pictureIn(bytes)
  if (!picture) return 'no picture'
  const [kept] = await tx.select({ images: count() }).from(issueImages).where(eq(issueImages.issueId, issueId))
  if ((kept?.images ?? 0) >= MOST_IMAGES) return 'too many'
  const name = `${randomBytes(16).toString('base64url')}.${picture.type.slice(6)}`
  await tx.insert(issueImages).values({ name, issueId, type: picture.type, bytes: picture.bytes, alt, addedAt: now(), addedBy: by })
  return { name, alt }
}

/** The pictures of an issue, oldest first. */
export async function imagesOf(tx: For<'updates'>, issueId: Id): Promise<ListedImage[]> {
  const { name, alt } = issueImages
  return tx.select({ name, alt }).from(issueImages).where(eq(issueImages.issueId, issueId)).orderBy(asc(issueImages.addedAt))
}

/** The picture of this name. */
export async function imageNamed(tx: For<'updates'>, name: string): Promise<{ type: string; bytes: Buffer } | undefined> {
  const { type, bytes } = issueImages
  return (await tx.select({ type, bytes }).from(issueImages).where(eq(issueImages.name, name)))[0]
}

/** Takes a picture away, for good. */
export async function removeImage(tx: For<'updates'>, issueId: Id, name: string): Promise<boolean> {
  const gone = await tx.delete(issueImages).where(eq(issueImages.name, name)).returning({ issueId: issueImages.issueId })
  return gone.some((image) => image.issueId === issueId)
}
