/**
 * Finding help articles: in memory, over what the operator wrote. What is looked for is kept nowhere. A word counts the
 * more, the fewer articles have it, and more in a title than below it (the idea of BM25F, with weights for each part).
 */
import type { Article, Content } from '../web/content.ts'

/** An article that was found, and a piece of it in which the words stand. */
export interface Found {
  readonly article: Article
  readonly excerpt: readonly Piece[]
}

/** A piece of text: one of the words that were looked for, or what stands between. */
export interface Piece {
  readonly text: string
  readonly sought: boolean
}

const WEIGHTS = { title: 8, summary: 4, heading: 3, section: 2, body: 1 } as const
type Part = keyof typeof WEIGHTS
/** A word that merely begins like the one that is looked for counts less. */
const BEGINS = 0.6
const MOST_WORDS = 12
const AROUND = 180

interface Indexed {
  readonly article: Article
  readonly text: string
  readonly words: ReadonlyMap<string, number>
}

const indexes = new WeakMap<Content, readonly Indexed[]>()

/** The articles that have most of these words, the best first. */
export function findArticles(content: Content, sought: string): Found[] {
  const terms = [...new Set(wordsIn(sought))].slice(0, MOST_WORDS)
  const index = indexes.get(content) ?? indexed(content)
  const rated = index.map((entry) => ({ entry, ...rate(index, entry, terms) })).filter(({ met }) => met > 0)
  const best = Math.max(0, ...rated.map(({ met }) => met))
  return rated
    .filter(({ met }) => met > best / 2)
    .sort((a, b) => b.met - a.met || b.score - a.score)
    .map(({ entry }) => ({ article: entry.article, excerpt: marked(excerptOf(entry.text, terms), terms) }))
}

function indexed(content: Content): readonly Indexed[] {
  const index = content.help.map((article) => {
    const text = plain(article.source)
    const headings = [...article.source.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading).join(' ')
    const parts: Record<Part, string> = {
      title: article.title,
      summary: article.summary,
      heading: headings,
      section: article.section,
      body: text,
    }
    const words = new Map<string, number>()
    for (const part of Object.keys(WEIGHTS) as Part[])
      for (const word of wordsIn(parts[part])) words.set(word, (words.get(word) ?? 0) + WEIGHTS[part])
    return { article, text, words }
  })
  indexes.set(content, index)
  return index
}

function rate(index: readonly Indexed[], { words }: Indexed, terms: readonly string[]): { met: number; score: number } {
  let [met, score] = [0, 0]
  for (const term of terms) {
    const weight = weightOf(words, term)
    if (weight === 0) continue
    const having = index.filter((other) => weightOf(other.words, term) > 0).length
    met++
    // Saturating: the tenth time adds little to the ninth.
    score += Math.log(1 + index.length / having) * (weight / (weight + 4))
  }
  return { met, score }
}

// What people call it, and what the articles call it.
const SAME = [
  ['delete', 'erase', 'remove'],
  ['login', 'signin', 'sign'],
  ['bill', 'invoice', 'pay', 'payment'],
  ['newsletter', 'updates'],
  ['mail', 'email', 'letter'],
  ['2fa', 'factor'],
]
const ALIKE = 0.8

/** How much a word weighs in an article: itself, what begins with it, and what means the same. */
function weightOf(words: ReadonlyMap<string, number>, term: string): number {
  const others = alike.get(term) ?? []
  return Math.max(alone(words, term), ...others.map((other) => ALIKE * alone(words, other)))
}

function alone(words: ReadonlyMap<string, number>, term: string): number {
  const whole = words.get(term) ?? 0
  if (term.length < 3) return whole
  let begun = 0
  for (const [word, weight] of words) if (word !== term && word.startsWith(term)) begun += weight
  return whole + BEGINS * begun
}

const plain = (source: string): string =>
  source
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`#>|]+/g, ' ')
    .replace(/-{3,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

const STOP = new Set(
  'a an and are as at be by can do does for from how i if in is it me my of on or that the this to what when where why with you your'.split(
    ' ',
  ),
)
const WORD = /[\p{L}\p{N}]+/gu

const bare = (word: string): string => word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/** The words of a text as they are compared: without accents, and cut to where forms of one word agree. */
function wordsIn(text: string): string[] {
  const all = (text.match(WORD) ?? []).map(bare)
  const told = all.filter((word) => !STOP.has(word))
  return (told.length > 0 ? told : all).map(stem)
}

// Enough for English help: "codes", "deleting", "deleted" and "delete" are one word.
function stem(word: string): string {
  const cut = word.length > 4 ? word.replace(/(?:ies|ied)$/, 'y').replace(/(?:ing|edly|ed|es|s|e)$/, '') : word
  return cut.length >= 3 ? cut : word
}

const alike = new Map(
  SAME.flatMap((group) => {
    const stems = group.map(stem)
    return stems.map((one): [string, string[]] => [one, stems.filter((other) => other !== one)])
  }),
)

function excerptOf(text: string, terms: readonly string[]): string {
  const hits = [...text.matchAll(WORD)].filter(([word]) => meets(word, terms)).map(({ index }) => index)
  const from = Math.max(0, (hits[0] ?? 0) - AROUND / 3)
  const start = from === 0 ? 0 : text.indexOf(' ', from) + 1
  const end = start + AROUND >= text.length ? text.length : text.lastIndexOf(' ', start + AROUND)
  return `${start > 0 ? '… ' : ''}${text.slice(start, end)}${end < text.length ? ' …' : ''}`
}

const meets = (word: string, terms: readonly string[]): boolean => {
  const stemmed = stem(bare(word))
  return terms
    .flatMap((term) => [term, ...(alike.get(term) ?? [])])
    .some((term) => stemmed === term || (term.length >= 3 && stemmed.startsWith(term)))
}

/** A text in pieces, with the words that were looked for marked. */
function marked(text: string, terms: readonly string[]): Piece[] {
  const pieces: Piece[] = []
  let at = 0
  for (const { 0: word, index } of text.matchAll(WORD)) {
    if (!meets(word, terms)) continue
    if (index > at) pieces.push({ text: text.slice(at, index), sought: false })
    pieces.push({ text: word, sought: true })
    at = index + word.length
  }
  return at < text.length ? [...pieces, { text: text.slice(at), sought: false }] : pieces
}
