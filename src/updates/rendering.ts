/**
 * From Markdown to a letter: an HTML page and plain text of the same words. What differs from reader to
 * reader (their name, their way to leave) stays open, so that the work is done once for all of them.
 */
import MarkdownIt, { type Token } from 'markdown-it'
import { renderTokens } from '../web/content.ts'
import { altOf, plainWords } from './plain-text.ts'

/** What differs from reader to reader. */
export type Variable = { readonly is: 'name'; readonly otherwise: string } | { readonly is: 'leave' }
/** Text with the places that stay open. */
export type Piece = string | Variable

/** What the author wrote. */
export interface Draft {
  readonly subject: string
  readonly preheader: string
  readonly body: string
}

/** What stands around every letter on a topic. */
export interface Surroundings {
  readonly origin: string
  readonly company: string
  readonly postalAddress: string
  /** The topic's title. */
  readonly topic: string
  /** Where the letter can be read on the web. */
  readonly archive: string
}

/** A letter that is ready but for what differs from reader to reader. */
export interface Pressed {
  readonly subject: readonly Piece[]
  readonly text: readonly Piece[]
  readonly html: readonly Piece[]
}

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false })
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
// Mail programs read no stylesheets of ours, so the few rules stand at the element.
markdown.renderer.rules['hr'] = () => '<hr style="border:0;border-top:1px solid #8886;margin:24px 0">\n'
markdown.renderer.rules['table_open'] = () => '<table style="border-collapse:collapse" cellpadding="6">\n'
markdown.renderer.rules['image'] = (tokens, index) => {
  const token = tokens[index]
  return `<img src="${escaped(attribute(token, 'src'))}" alt="${escaped(token ? altOf(token) : '')}" style="max-width:100%;height:auto;border:0">`
}

const attribute = (token: Token | undefined, name: string): string => String(token?.attrGet(name) ?? '')

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** Text as HTML. */
export const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign)

// A variable travels through Markdown as a number between two signs of the private use area, which no
// author can type: they are taken out of what was written.
const OPEN = '\uE000'
const SHUT = '\uE001'
const VARIABLE = /\{\{\s*(\w+)\s*(?:\|([^{}|\n]*))?\}\}/g
const MARKS = /[\uE000\uE001]/g
const MARKED = /\uE000(\d+)\uE001/

interface Marked {
  readonly source: string
  readonly variables: readonly Variable[]
}

function marked(source: string): Marked {
  const variables: Variable[] = []
  const text = source.replace(MARKS, '').replace(VARIABLE, (all, name: string, otherwise = '') => {
    if (name !== 'name') return all
    variables.push({ is: 'name', otherwise: otherwise.trim() })
    return `${OPEN}${variables.length - 1}${SHUT}`
  })
  return { source: text, variables }
}

const piecesOf = (text: string, variables: readonly Variable[]): Piece[] =>
  text
    .split(MARKED)
    .map((part, at) => (at % 2 === 0 ? part : (variables[Number(part)] ?? '')))
    .filter((piece) => piece !== '')

/** Words in double braces that stand for nothing, so that they can be put right before anybody reads them. */
export const unknownVariables = ({ subject, preheader, body }: Draft): string[] => [
  ...new Set(
    [...`${subject}\n${preheader}\n${body}`.matchAll(/\{\{([^{}]*)\}\}/g)]
      .map(([all]) => all)
      .filter((all) => !/^\{\{\s*name\s*(\|[^{}|\n]*)?\}\}$/.test(all)),
  ),
]

/** Every address that the letter's author links to, and every image. */
export function addressesIn(body: string): { links: string[]; images: { src: string; alt: string }[] } {
  const inline = markdown.parse(marked(body).source, {}).flatMap(({ children }) => children ?? [])
  return {
    links: inline.filter(({ type }) => type === 'link_open').map((token) => attribute(token, 'href')),
    images: inline.filter(({ type }) => type === 'image').map((token) => ({ src: attribute(token, 'src'), alt: altOf(token) })),
  }
}

/** An address of ours, such as `/help`, written in full: a letter is read elsewhere. */
const inFull = (origin: string, address: string): string => (/^\/(?!\/)/.test(address) ? `${origin}${address}` : address)

function parsed(source: string, origin: string): Token[] {
  const tokens = markdown.parse(source, {})
  for (const token of tokens.flatMap(({ children }) => children ?? []))
    for (const name of ['href', 'src']) {
      const address = attribute(token, name)
      if (address) token.attrSet(name, inFull(origin, address))
    }
  return tokens
}

const NOBODY: Reader = { name: '', leave: '' }

/** The body as a fragment of a page on the web, where every reader is met in the same words; it looks as the site does. */
export function onTheWeb(body: string, origin: string): string {
  const { source, variables } = marked(body)
  return filled(piecesOf(renderTokens(parsed(source, origin)), variables), NOBODY, escaped)
}

/** A line, such as the subject, as it reads on the web. */
export function lineOnTheWeb(line: string): string {
  const { source, variables } = marked(line)
  return filled(piecesOf(source, variables), NOBODY)
    .replace(/\s+([,.!?])/g, '$1')
    .trim()
}

/** Renders the draft once for all readers. */
export function press(draft: Draft, around: Surroundings): Pressed {
  const { source, variables } = marked(draft.body)
  const tokens = parsed(source, around.origin)
  const subject = marked(draft.subject)
  const preheader = marked(draft.preheader)
  const body = piecesOf(markdown.renderer.render(tokens, markdown.options, {}), variables)
  const words = piecesOf(plainWords(tokens), variables)
  const first = piecesOf(escaped(preheader.source), preheader.variables)
  return {
    subject: piecesOf(subject.source, subject.variables),
    text: [...piecesOf(preheader.source, preheader.variables), '\n\n', ...words, ...textFoot(around)],
    html: [...htmlHead(piecesOf(escaped(subject.source), subject.variables)), ...first, '</div>\n', ...body, ...htmlFoot(around)],
  }
}

const LEAVE: Variable = { is: 'leave' }

const why = ({ topic }: Surroundings): string => `You get this because you subscribed to ${topic}.`

function textFoot(around: Surroundings): Piece[] {
  const { company, postalAddress, origin, archive } = around
  return [
    `\n\n-- \n${why(around)}\n\nLeave with one click:\n`,
    LEAVE,
    `\n\nChoose what you get:\n${origin}/updates/preferences\n\nRead this on the web:\n${archive}\n\n${company}\n${postalAddress ? `${postalAddress}\n` : ''}`,
  ]
}

// Colours are left to the reader's program, which knows whether it is dark.
const htmlHead = (title: readonly Piece[]): Piece[] => [
  `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>`,
  ...title,
  `</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif"><div style="max-width:600px;margin:0 auto">
<div style="margin-bottom:24px;opacity:.75">`,
]

function htmlFoot(around: Surroundings): Piece[] {
  const { company, postalAddress, origin, archive } = around
  return [
    `<hr style="border:0;border-top:1px solid #8886;margin:32px 0 16px">
<div style="font-size:14px;opacity:.75"><p>${escaped(why(around))}</p>
<p><a href="`,
    LEAVE,
    `">Leave with one click</a> · <a href="${escaped(origin)}/updates/preferences">Choose what you get</a> · <a href="${escaped(archive)}">Read this on the web</a></p>
<p>${escaped(company)}${postalAddress ? `<br>${escaped(postalAddress).replace(/\n/g, '<br>')}` : ''}</p></div>
</div></body></html>
`,
  ]
}

/** What one reader sees in the open places. */
export interface Reader {
  readonly name: string
  /** The address at which they leave. */
  readonly leave: string
}

/** Fills the open places; in HTML with `escaped`. */
export function filled(pieces: readonly Piece[], reader: Reader, as: (text: string) => string = (text) => text): string {
  let text = ''
  for (const piece of pieces) text += typeof piece === 'string' ? piece : as(valueOf(piece, reader))
  return text
}

/** What stands in one open place. */
export const valueOf = (piece: Variable, { name, leave }: Reader): string => (piece.is === 'leave' ? leave : name || piece.otherwise)
