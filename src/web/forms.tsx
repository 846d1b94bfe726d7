import type { Child, PropsWithChildren } from 'hono/jsx'
import type { FormErrors, Typed } from './form.ts'
import { Icon, type IconName } from './icons.tsx'

const words = {
  optional: '(optional)',
  errors: 'Please look at this again',
  search: 'Search',
}

/** The id of a field's input: an error summary, or any link, can point at it. */
export const fieldId = (name: string): string => `field-${name}`

interface Asked {
  name: string
  label: string
  hint?: Child
  error?: string | undefined
  /** What is not required is marked as optional. */
  required?: boolean | undefined
}

interface FieldProps extends Asked {
  type?: 'text' | 'email' | 'password' | 'search' | 'tel' | 'url' | 'number' | 'date' | 'time' | 'file' | undefined
  value?: string | number | undefined
  autocomplete?: string | undefined
  inputmode?: 'text' | 'email' | 'numeric' | 'decimal' | 'tel' | 'url' | 'search' | undefined
  maxlength?: number | undefined
  minlength?: number | undefined
  pattern?: string | undefined
  readonly?: boolean | undefined
  autofocus?: boolean | undefined
  spellcheck?: boolean | undefined
  /** Of a file: the types that are offered. */
  accept?: string | undefined
  /** Several lines: a text area of this height. */
  rows?: number | undefined
  /** A code of a few signs, typed one by one: large and widely set. */
  code?: boolean | undefined
}

/** One question: label, hint, error and input, tied together. */
export function Field({ name, label, hint, error, rows, code, type = 'text', value, ...rest }: FieldProps) {
  const input = { ...tie({ name, hint, error }), ...rest }
  return (
    <div class={error ? 'field wrong' : 'field'}>
      <Label {...{ name, label, hint, error, required: rest.required }} />
      {rows ? (
        <textarea {...input} rows={rows}>
          {value}
        </textarea>
      ) : (
        <input {...input} type={type} value={value} class={code ? 'code' : undefined} />
      )}
    </div>
  )
}

interface EmailFieldProps {
  label?: string
  hint?: string
  errors: FormErrors
  typed: Typed
}

/** Somebody's own e-mail address, which their browser can fill in; the field is called `email`. */
export const EmailField = ({ label = 'E-mail address', hint, errors, typed }: EmailFieldProps) => (
  <Field
    name="email"
    label={label}
    type="email"
    value={typed['email']}
    error={errors['email']}
    autocomplete="email"
    maxlength={254}
    hint={hint}
    required
  />
)

interface SelectProps extends Asked {
  options: readonly (readonly [value: string, text: string])[]
  value?: string | undefined
}

/** One choice of many, by the browser's own list. */
export function Select({ name, label, hint, error, required, options, value }: SelectProps) {
  return (
    <div class={error ? 'field wrong' : 'field'}>
      <Label {...{ name, label, hint, error, required }} />
      <select {...tie({ name, hint, error })} required={required}>
        {options.map(([key, text]) => (
          <option value={key} selected={key === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  )
}

interface CheckboxProps extends Omit<Asked, 'label'> {
  label: Child
  value?: string | undefined
  checked?: boolean | undefined
}

/** One thing to agree with, or not. */
export function Checkbox({ name, label, hint, error, required, value = 'yes', checked }: CheckboxProps) {
  return (
    <div class={error ? 'field tick wrong' : 'field tick'}>
      <input type="checkbox" {...tie({ name, hint, error })} {...{ value, checked, required }} />
      <label for={fieldId(name)}>{label}</label>
      <Remarks {...{ name, hint, error }} />
    </div>
  )
}

interface ChoicesProps {
  /** `radio`: one of them; `checkbox`: any number. */
  type: 'radio' | 'checkbox'
  name: string
  legend: string
  options: readonly { value: string; text: string; hint?: Child }[]
  chosen?: readonly string[] | undefined
  hint?: Child
  error?: string | undefined
}

/** One or several of a few, all in sight. */
export function Choices({ type, name, legend, options, chosen = [], hint, error }: ChoicesProps) {
  return (
    <fieldset class={error ? 'wrong' : undefined} aria-describedby={remarks({ name, hint, error })}>
      <legend>{legend}</legend>
      <Remarks {...{ name, hint, error }} />
      {options.map((option, at) => {
        const id = at === 0 ? fieldId(name) : `${fieldId(name)}-${option.value.replaceAll(/[^\w-]/g, '-')}`
        return (
          <div class="field tick">
            <input {...{ type, name, id, value: option.value, checked: chosen.includes(option.value) }} />
            <label for={id}>{option.text}</label>
            {option.hint && <p class="hint">{option.hint}</p>}
          </div>
        )
      })}
    </fieldset>
  )
}

function Label({ name, label, hint, error, required }: Asked) {
  return (
    <>
      <label for={fieldId(name)}>
        {label} {!required && <small>{words.optional}</small>}
      </label>
      <Remarks {...{ name, hint, error }} />
    </>
  )
}

type Remarked = Pick<Asked, 'name' | 'hint' | 'error'>

function Remarks({ name, hint, error }: Remarked) {
  return (
    <>
      {hint && (
        <p class="hint" id={`${fieldId(name)}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${fieldId(name)}-error`}>
          <Icon name="circle-alert" /> {error}
        </p>
      )}
    </>
  )
}

/** What ties an input to its name, its label and its remarks. */
function tie(asked: Remarked) {
  return {
    name: asked.name,
    id: fieldId(asked.name),
    'aria-describedby': remarks(asked),
    'aria-invalid': asked.error ? ('true' as const) : undefined,
  }
}

function remarks({ name, hint, error }: Remarked): string | undefined {
  const ids = [hint && `${fieldId(name)}-hint`, error && `${fieldId(name)}-error`]
  return ids.filter(Boolean).join(' ') || undefined
}

interface ErrorsProps {
  /** A sentence for each field that needs another look; under the empty name, one about the whole. */
  errors: Readonly<Record<string, string | undefined>>
  title?: string | undefined
}

/** The sum of what went wrong, above the form. Focus moves here without a script; nothing when all is well. */
export function Errors({ errors, title = words.errors }: ErrorsProps) {
  const told = Object.entries(errors).filter(([, text]) => text)
  if (told.length === 0) return null
  return (
    <div class="errors" role="alert" tabindex={-1} autofocus>
      <h2>{title}</h2>
      <ul>
        {told.map(([name, text]) => (
          <li>{name ? <a href={`#${fieldId(name)}`}>{text}</a> : text}</li>
        ))}
      </ul>
    </div>
  )
}

interface SubmitProps {
  kind?: 'primary' | 'quiet' | 'danger' | 'link' | undefined
  icon?: IconName | undefined
  name?: string | undefined
  value?: string | undefined
  formaction?: string | undefined
}

/** A button that says what happens. */
export function Submit({ kind = 'primary', icon, children, ...rest }: PropsWithChildren<SubmitProps>) {
  return (
    <button type="submit" class={kind === 'primary' ? undefined : kind} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

interface SearchProps {
  action: string
  label: string
  value?: string | undefined
  name?: string | undefined
  /** What else the address says and should go on saying: the order of a list, say. */
  keep?: Readonly<Record<string, string | undefined>> | undefined
}

/** A search bar; its children are filters beside the box. The state lives in the address. */
export function Search({ action, label, value, name = 'q', keep = {}, children }: PropsWithChildren<SearchProps>) {
  return (
    <form class="search" role="search" action={action}>
      {Object.entries(keep).map(([key, text]) => text && <input type="hidden" name={key} value={text} />)}
      <div class="field">
        <label for={fieldId(name)}>{label}</label>
        <input type="search" {...{ id: fieldId(name), name, value }} autocomplete="off" spellcheck={false} />
      </div>
      {children}
      <button type="submit" class="quiet">
        <Icon name="search" />
        {words.search}
      </button>
    </form>
  )
}
