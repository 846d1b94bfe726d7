/**
 * What the operator wrote: Markdown with front matter, read once at the start. A file that cannot be
 * understood stops the start with its name. Raw HTML is not rendered: content is text, not code.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import MarkdownIt, { type Token } from 'markdown-it'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { type Config, WrongSetting } from '../config.ts'

const company = z.object({
  name: z.string(),
  short: z.string(),
  jurisdiction: z.string(),
  contactAddress: z.email(),
  securityAddress: z.email(),
  postalAddress: z.string().default(''),
  tagline: z.string(),
})
const article = z.object({
  title: z.string(),
  summary: z.string(),
  section: z.string(),
  order: z.number(),
  draft: z.boolean().default(false),
})
const topic = z.object({ title: z.string(), says: z.string(), order: z.number() })
const cents = z.number().int().min(0)
const plan = z
  .object({
    slug: z.string().regex(/^[a-z0-9-]+$/),
    title: z.string(),
    kind: z.enum(['free', 'flat', 'seat', 'metered', 'tiered']),
    lookupKey: z.string().nullable().default(null),
    amounts: z.record(z.string().regex(/^[a-z]{3}$/), cents).default({}),
    tiers: z.array(z.object({ upTo: z.number().int().nullable(), cents })).default([]),
    every: z.enum(['month', 'year']).default('month'),
    tax: z.enum(['exclusive', 'inclusive']).default('exclusive'),
    trialDays: z.number().int().min(0).default(0),
    graceDays: z.number().int().min(0).default(7),
    meter: z.string().nullable().default(null),
    limits: z.record(z.string(), z.number()).default({}),
  })
  .strict()
const service = z.object({
  title: z.string(),
  summary: z.string(),
  order: z.number(),
  help: z.string().optional(),
  plans: z.array(plan).default([]),
})
const home = z.object({ title: z.string(), description: z.string(), lead: z.string() })
const page = z.object({ title: z.string(), description: z.string() })
const policy = z.object({ version: z.number().int(), title: z.string(), effective: z.coerce.date(), summary: z.string() })

/** A text with the facts of its front matter and its body as HTML. */
export type Text<F> = F & { readonly slug: string; readonly html: string; readonly source: string }
export type Company = z.infer<typeof company>
export type Article = Text<z.infer<typeof article>>
export type ListedService = Text<z.infer<typeof service>>
export type PolicyText = Text<z.infer<typeof policy>>

export interface Content {
  readonly company: Company
  readonly home: Text<z.infer<typeof home>>
  /** What the catalogue is stocked with at the start. */
  readonly services: readonly ListedService[]
  readonly help: readonly Article[]
  /** The topics of e-mail updates that the house begins with. */
  readonly topics: readonly Text<z.infer<typeof topic>>[]
  readonly pages: readonly Text<z.infer<typeof page>>[]
  /** Every version of the privacy policy, oldest first. */
  readonly policies: readonly PolicyText[]
}

const markdown = new MarkdownIt({ html: false, linkify: true, typographer: false })
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: true })
// Wide tables scroll within themselves on a phone, and can be reached by keyboard.
markdown.renderer.rules['table_open'] = () => '<section class="scroll" tabindex="0" aria-label="Table"><table>\n'
markdown.renderer.rules['table_close'] = () => '</table></section>\n'

/** Renders parsed Markdown by the same rules. */
export const renderTokens = (tokens: Token[]): string => markdown.renderer.render(tokens, markdown.options, {})

/** Renders Markdown by the rules of the site's content. */
export const renderMarkdown = (source: string): string => markdown.render(source)

/**
 * Reads the content folder.
 * @throws WrongSetting naming the file that is missing or wrong
 */
export function readContent(config: Config): Content {
  const folder = config.contentDir
  if (!existsSync(folder)) throw new WrongSetting(`CONTENT_DIR names ${folder}, which does not exist.`)
  const self = read(join(folder, 'company.md'), company, {})
  const words = { ...self, company: self.name, origin: config.origin, privacyAddress: config.privacyAddress }
  const one = <S extends z.ZodObject>(path: string, schema: S) => read(join(folder, path), schema, words)
  const all = <S extends z.ZodObject>(path: string, schema: S) => markdownFiles(join(folder, path)).map((file) => read(file, schema, words))
  return {
    company: self,
    home: one('home.md', home),
    services: all('services', service).sort(byOrder),
    help: all('help', article)
      .filter((text) => !text.draft)
      .sort(byOrder),
    topics: all('topics', topic).sort(byOrder),
    pages: all('pages', page),
    policies: all('policy', policy).sort((a, b) => a.version - b.version),
  }
}

const byOrder = (a: { order: number }, b: { order: number }): number => a.order - b.order

const markdownFiles = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.md'))
        .sort()
        .map((name) => join(folder, name))
    : []

function read<S extends z.ZodObject>(file: string, schema: S, words: Record<string, unknown>): Text<z.infer<S>> {
  const source = fill(readText(file), words)
  const [, front = '', body = ''] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n?([\s\S]*)$/.exec(source) ?? []
  const facts = schema.safeParse(parseYaml(front) ?? {})
  if (!facts.success)
    throw new WrongSetting(`${file}: ${facts.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}.`)
  const slug = basename(file, '.md')
  // It stands in addresses, and in what other programs are told.
  if (!/^[a-z0-9-]+$/.test(slug)) throw new WrongSetting(`${file}: please name it with nothing but a to z, 0 to 9 and -.`)
  return { ...facts.data, slug, html: markdown.render(body), source: body.trim() }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw new WrongSetting(`${file} is missing.`)
  }
}

const fill = (source: string, words: Record<string, unknown>): string =>
  source.replace(/\{\{(\w+)\}\}/g, (all, name: string) => (typeof words[name] === 'string' ? words[name] : all))
