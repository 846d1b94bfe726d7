/** The settings, as the console shows and changes them. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import type { House } from '../web/house.ts'
import { Facts } from '../web/lists.tsx'
import { Told } from '../web/told.tsx'
import { environmentOf, type Group } from './environment.ts'
import { givenFor, inForce, type SettingName, settingNames, settings } from './stricter.ts'

interface SettingsProps {
  readonly house: House
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const SettingsPage = ({ house, told, errors = {}, typed = {} }: SettingsProps) => (
  <>
    <h1>Settings</h1>
    <p class="lead">
      What the house goes by. Here it can be made stricter than its environment has it, never laxer: so no choice breaks a promise.
    </p>
    <Told words={told} />
    <Errors errors={errors} />
    <form method="post" action="/staff/settings">
      {settingNames.map((name) => (
        <Setting {...{ name, house }} error={errors[name]} value={typed[name] ?? String(inForce(house, name))} />
      ))}
      <Submit>Keep these</Submit>
    </form>
    <section>
      <h2>Set by the environment</h2>
      <p>
        These change where the program is started, and count from its next start on. <code>docs/operate.md</code> has them all.
      </p>
      {environmentOf(house.config).map((group) => (
        <Environment group={group} />
      ))}
    </section>
  </>
)

interface SettingProps {
  readonly name: SettingName
  readonly house: House
  readonly value: string
  readonly error: string | undefined
}

function Setting({ name, house, value, error }: SettingProps) {
  const { says, hint, promise, most } = settings[name]
  const least = givenFor(house, name)
  const bounds = `From ${least}, as the environment has it, to ${most}. ${hint} Serves promise ${promise}.`
  return <Field name={name} label={says} hint={bounds} type="number" inputmode="numeric" required {...{ value, error }} />
}

const Environment = ({ group: { says, rows } }: { group: Group }) => (
  <>
    <h3>{says}</h3>
    <Facts
      rows={rows.map(([what, value, names]) => [
        what,
        <>
          {value} <code class="soft">{names}</code>
        </>,
      ])}
    />
  </>
)
