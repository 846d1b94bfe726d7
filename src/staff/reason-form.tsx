/** Saying why somebody's record is opened. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Choices, Errors, Field, Submit } from '../web/forms.tsx'
import { reasonNames, reasons } from './look.ts'

interface ReasonFormProps {
  readonly action: string
  readonly hint: string
  /** The note cannot be left out. */
  readonly required?: true
  readonly errors: FormErrors
  readonly typed: Typed
}

/** The form, and above it what the one who fills it in must know. */
export const ReasonForm = ({ action, hint, required, errors, typed }: ReasonFormProps) => (
  <>
    <p>The person can read when it was opened, in which role, and why; not by whom. It stays open for you for an hour.</p>
    <Errors errors={errors} />
    <form method="post" action={action} novalidate>
      <Choices
        type="radio"
        name="reason"
        legend="You open it …"
        options={reasonNames.map((value) => ({ value, text: reasons[value] }))}
        chosen={[typed['reason'] ?? '']}
        error={errors['reason']}
      />
      <Field
        name="note"
        label="What it is about"
        value={typed['note']}
        error={errors['note']}
        maxlength={500}
        rows={3}
        hint={hint}
        required={required}
      />
      <Submit icon="eye">Open the record</Submit>
    </form>
  </>
)
