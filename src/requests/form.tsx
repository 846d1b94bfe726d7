/** What every form asks by which somebody asks for something, and what one sees whose link is used up. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Choices, Field } from '../web/forms.tsx'
import { type Kind, kindNames } from './kinds.ts'

export interface FormProps {
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

const asks: Readonly<Record<Kind, string>> = {
  access: 'A copy of everything',
  correction: 'A correction',
  erasure: 'The erasure of everything',
  objection: 'An objection to the use of my data',
  restriction: 'That my data is only stored, and not used',
  portability: 'My data in a form for programs',
  question: 'An answer to a question',
}

const hints: Readonly<Record<Kind, string>> = {
  access: 'What is held, what for, how long, and who received it.',
  correction: 'Say below what is wrong, and what it should be.',
  erasure: 'With a receipt that says what went, and what stays until when.',
  objection: 'Updates stop at once. Say below if you object to something else, too.',
  restriction: 'For as long as something is disputed, for example.',
  portability: 'The same copy; it is made of JSON.',
  question: 'Anything about privacy.',
}

export const KindChoices = ({ errors = {}, typed = {} }: FormProps) => (
  <Choices
    type="radio"
    name="kind"
    legend="What would you like?"
    options={kindNames.map((value) => ({ value, text: asks[value], hint: hints[value] }))}
    chosen={[typed['kind'] ?? '']}
    error={errors['kind']}
  />
)

export const WordsField = ({ errors = {}, typed = {} }: FormProps) => (
  <Field
    name="words"
    label="In your own words"
    value={typed['words']}
    error={errors['words']}
    rows={5}
    maxlength={5000}
    hint="We keep it sealed. Please name no passwords, codes or card numbers."
  />
)

/** For a link that was used, has expired or never was: all the same. */
export const OverPage = () => (
  <article class="prose">
    <h1>That link does not work any more</h1>
    <p>
      Each of these links is good once, and for some days. If you used it already, the letter’s other link shows how your request stands.
      You can also <a href="/privacy/requests/new">ask anew</a>.
    </p>
  </article>
)
