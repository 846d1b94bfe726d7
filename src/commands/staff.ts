/** `cloudrun staff add`: somebody joins the team, or changes their role in it. */
import type { Id } from '../log.ts'
import { welcome } from '../people/person.ts'
import { appoint, type Role, roles } from '../staff/team.ts'
import type { House } from '../web/house.ts'
import { emailAddress, personName } from '../web/form.ts'
import { inHouse } from './house.ts'
import { exits, say, sayJson, wrongUsage } from './terminal.ts'

interface Wanted {
  readonly email: string
  readonly role: Role
  readonly name: string
}

interface Options {
  readonly role?: string | undefined
  readonly name?: string | undefined
  readonly json?: boolean | undefined
}

/** @throws CommandError when the address, the role or the name cannot be one */
export async function staff([act, email, ...rest]: readonly string[], options: Options): Promise<number> {
  if (act !== 'add' || rest.length > 0) throw wrongUsage('What about the team? Such as: cloudrun staff add ada@example.org --role support')
  const wanted = { ...addressed(email, options.name), role: roleNamed(options.role) }
  const { personId, isNew } = await inHouse((house) => add(house, wanted))
  if (options.json) sayJson({ personId, email: wanted.email, role: wanted.role, isNew })
  else say(`${wanted.email} is ${article(wanted.role)} ${wanted.role} now${isNew ? ', and new here' : ''}. They sign in at /sign-in.`)
  return exits.done
}

/** The address as it is kept, or a sentence about what is wrong with it. */
export function typedAddress(typed: string | undefined): string {
  if (typed === undefined) throw wrongUsage('Whose? Give an e-mail address.')
  const email = emailAddress.safeParse(typed)
  if (!email.success) throw wrongUsage(`"${typed}" is not an e-mail address, such as ada@example.org.`)
  return email.data
}

function addressed(typed: string | undefined, typedName: string | undefined): { email: string; name: string } {
  const email = typedAddress(typed)
  const name = personName.safeParse(typedName ?? email.slice(0, email.lastIndexOf('@')))
  if (!name.success) throw wrongUsage(`--name: ${name.error.issues[0]?.message ?? 'that cannot be a name.'}`)
  return { email, name: name.data }
}

function roleNamed(typed: string | undefined): Role {
  const role = roles.find((role) => role === typed)
  if (role) return role
  throw wrongUsage(`${typed === undefined ? 'The role is missing' : `"${typed}" is no role`}: --role is one of ${roles.join(', ')}.`)
}

function add({ db }: House, { email, name, role }: Wanted): Promise<{ personId: Id; isNew: boolean }> {
  return db.as('security', async (tx) => {
    const { person, isNew } = await welcome(tx, { name, email })
    await appoint(tx, { personId: person.id, role, addedBy: null })
    return { personId: person.id, isNew }
  })
}

const article = (role: string): string => (/^[aeiou]/.test(role) ? 'an' : 'a')
