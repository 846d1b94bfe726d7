/** What a version changes, shown: in its words, and in what it names. */
import { Facts } from '../web/lists.tsx'
import type { News, Piece } from './news.ts'

/** How much of what stayed is shown around a change, in characters. */
const AROUND = 160

/** The difference, with what stayed shortened where it is long. */
export const Changes = ({ pieces }: { pieces: readonly Piece[] }) => (
  <div class="changes">
    {pieces.map(({ text, kind }, at) => {
      if (kind === 'added') return <ins>{text}</ins>
      if (kind === 'removed') return <del>{text}</del>
      return shortened(text, { first: at === 0, last: at === pieces.length - 1 })
    })}
  </div>
)

function shortened(text: string, { first, last }: { first: boolean; last: boolean }): string {
  if (text.length <= 2 * AROUND + 20) return text
  // A word that would be cut in two is left out.
  const before = first ? '' : text.slice(0, AROUND).replace(/\S+$/, '')
  const after = last ? '' : text.slice(-AROUND).replace(/^\S+/, '')
  return [before.trimEnd(), after.trimStart()].join(first || last ? ' […] ' : ' […]\n\n[…] ')
}

/** What a version names that the one before it did not. */
export const NewsList = ({ news: { purposes, categories, processors, retention, shorter } }: { news: News }) => {
  const rows = [
    ...purposes.map(({ says, consent }) => ['New use', consent ? `${says}. Only for those who agree to it` : says] as const),
    ...categories.map((says) => ['New kind of data', says] as const),
    ...processors.map((says) => ['New recipient', says] as const),
    ...retention.map((says) => ['Time of keeping', says] as const),
    ...(shorter ? [['Notice', 'Shorter than before'] as const] : []),
  ]
  return rows.length > 0 ? <Facts rows={rows} /> : null
}
