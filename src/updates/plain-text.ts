/** The words of parsed Markdown as plain text: what is a link in HTML is followed by its address here. */
import type { Token } from 'markdown-it'

const WIDTH = 72

/** Where one is while walking through the tokens. */
interface Walk {
  /** What each line begins with: quotes and the room of lists. */
  indent: string[]
  /** The number of the next item of each list that is open; undefined for a list without numbers. */
  lists: (number | undefined)[]
  /** What stands before the next line instead of the room of its list. */
  mark: string | undefined
  cells: string[]
  blocks: string[]
}

/** The text, wrapped, one empty line between its blocks. */
export function plainWords(tokens: readonly Token[]): string {
  const walk: Walk = { indent: [], lists: [], mark: undefined, cells: [], blocks: [] }
  for (const token of tokens) step(walk, token)
  return walk.blocks.join('\n')
}

function step(walk: Walk, token: Token): void {
  switch (token.type) {
    case 'blockquote_open':
      walk.indent.push('> ')
      break
    case 'bullet_list_open':
      walk.lists.push(undefined)
      break
    case 'ordered_list_open':
      walk.lists.push(Number(token.attrGet('start') ?? 1))
      break
    case 'list_item_open':
      beginItem(walk)
      break
    case 'blockquote_close':
    case 'list_item_close':
      walk.indent.pop()
      walk.mark = undefined
      break
    case 'bullet_list_close':
    case 'ordered_list_close':
      walk.lists.pop()
      if (walk.lists.length === 0) gap(walk)
      break
    default:
      write(walk, token)
  }
}

function beginItem(walk: Walk): void {
  const number = walk.lists.at(-1)
  const mark = number === undefined ? '- ' : `${number}. `
  if (number !== undefined) walk.lists[walk.lists.length - 1] = number + 1
  walk.indent.push(' '.repeat(mark.length))
  walk.mark = mark
}

function write(walk: Walk, token: Token): void {
  if (token.type === 'inline' && walk.cells.length > 0) walk.cells.push(wordsOf(token.children ?? []))
  else if (token.type === 'inline') put(walk, wordsOf(token.children ?? []))
  else if (token.type === 'fence' || token.type === 'code_block') put(walk, token.content.replace(/^/gm, '    ').trimEnd(), false)
  else if (token.type === 'hr') put(walk, '-'.repeat(20))
  else if (token.type === 'tr_open') walk.cells = ['']
  else if (token.type === 'tr_close') endRow(walk)
  else if (token.type === 'table_close') gap(walk)
  if (/^(fence|code_block|hr|heading_close)$/.test(token.type)) gap(walk)
  if (token.type === 'paragraph_close' && walk.lists.length === 0) gap(walk)
}

function endRow(walk: Walk): void {
  put(walk, walk.cells.slice(1).join(' | '), false)
  walk.cells = []
}

function gap(walk: Walk): void {
  if (walk.blocks.at(-1) !== '') walk.blocks.push('')
}

function put(walk: Walk, text: string, wrapped = true): void {
  const rest = walk.indent.join('')
  const first = walk.mark === undefined ? rest : `${walk.indent.slice(0, -1).join('')}${walk.mark}`
  const lines = wrapped ? wrap(text, WIDTH - rest.length) : text.split('\n')
  walk.blocks.push(...lines.map((line, at) => `${at === 0 ? first : rest}${line}`.trimEnd()))
  walk.mark = undefined
}

/** The words of a paragraph: emphasis is left to HTML, an image speaks by its alternative text. */
function wordsOf(children: readonly Token[]): string {
  let text = ''
  const open: { href: string; from: number }[] = []
  for (const token of children) {
    if (token.type === 'text' || token.type === 'code_inline') text += token.content
    else if (token.type === 'softbreak') text += ' '
    else if (token.type === 'hardbreak') text += '\n'
    else if (token.type === 'image') text += altOf(token) ? `[${altOf(token)}]` : ''
    else if (token.type === 'link_open') open.push({ href: String(token.attrGet('href') ?? ''), from: text.length })
    else if (token.type === 'link_close') text += addressAfter(text, open.pop())
  }
  return text
}

/** The alternative text of an image. */
export const altOf = ({ children }: Token): string => wordsOf(children ?? [])

function addressAfter(text: string, link: { href: string; from: number } | undefined): string {
  if (!link || text.slice(link.from) === link.href || `mailto:${text.slice(link.from)}` === link.href) return ''
  return ` (${link.href})`
}

// An address is never broken, however long it is.
function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line && line.length + 1 + word.length > width) {
        lines.push(line)
        line = word
      } else line = line ? `${line} ${word}` : word
    }
    return [...lines, line]
  })
}
