/** P1: a name and an e-mail address, and nothing else. */
import { columnsOf } from './catalog.ts'
import type { Look } from './look.ts'
import { fieldsOf, refusedIn } from './pages-seen.ts'
import type { Promised } from './promise.ts'

export const p1: Promised = {
  name: 'P1',
  says: 'To receive updates, or to register, a person gives a name and an e-mail address, and nothing else is required.',
  keptBy: [
    { page: '/sign-up', says: 'asks for a name and an e-mail address' },
    { page: '/updates', says: 'asks for the same; topics can be ticked, and need not be' },
    { constraint: 'people_email_key', says: 'a person is known by one address' },
    { file: 'src/people/tables.ts', says: 'a person is a name, an address and a moment: there is no column for more' },
  ],
  looksAt:
    'Both forms as a stranger gets them; what they refuse when they are sent empty; what the API requires; and the columns that a person has in the database.',
  async check(look) {
    for (const path of ['/sign-up', '/updates']) await lookAtForm(look, path)
    await lookAtApi(look)
    await lookAtColumns(look)
  },
}

const ASKED = ['name', 'email']

/** The form asks for both, requires nothing else, and refuses for nothing else. */
async function lookAtForm(look: Look, path: string): Promise<void> {
  const fields = fieldsOf((await look.get(path)).text, path)
  if (!fields) return look.find(`there is no form at ${path}`)
  look.count('fields of forms', fields.length)
  const required = fields.filter((field) => field.required).map(({ name }) => name)
  look.find(...ASKED.filter((name) => !required.includes(name)).map((name) => `the form at ${path} does not ask for: ${name}`))
  look.find(...required.filter((name) => !ASKED.includes(name)).map((name) => `the form at ${path} requires: ${name}`))
  const empty = await look.get(path, { method: 'POST', body: new URLSearchParams() })
  const refused = refusedIn(empty.text)
  look.expect('refusals', empty.status === 422 && refused.length > 0, `the form at ${path}, sent empty, answers ${empty.status}`)
  look.find(...refused.filter((name) => !ASKED.includes(name)).map((name) => `the form at ${path} refuses without: ${name}`))
}

interface Described {
  readonly components: { readonly schemas: Readonly<Record<string, { readonly required?: readonly string[] }>> }
}

// A program of the company's that subscribes somebody says what its own form was; of the person it needs no more.
const OF_PROGRAMS = ['topics', 'wording', 'source']

async function lookAtApi(look: Look): Promise<void> {
  const { components } = JSON.parse((await look.get('/api/openapi.json')).text) as Described
  const required = components.schemas['UpdateRequest']?.required ?? []
  look.count('fields of the API', required.length)
  look.find(...required.filter((name) => ![...ASKED, ...OF_PROGRAMS].includes(name)).map((name) => `the API requires: ${name}`))
}

// What everybody has, who waits for a confirmation, and who waits for a code.
const OF_PEOPLE = ['id', 'name', 'email', 'joined_at']
const WAITING = /^(id|name|email|kind|topics|wording|source|(browser|token)_hash|\w+_at|tries)$/

async function lookAtColumns(look: Look): Promise<void> {
  for (const { table, name, required } of await columnsOf(look)) {
    if (table === 'people' && !OF_PEOPLE.includes(name)) look.find(`more is kept of a person: people.${name}`)
    if (['pending', 'attempts'].includes(table) && required && !WAITING.test(name))
      look.find(`more is required of whoever asks: ${table}.${name}`)
  }
}
