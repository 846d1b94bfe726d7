/** The console's page on which a list is described: which column is what, for which topics, by which proof. */
import { type FormErrors, tickedIn, type Typed } from '../web/form.ts'
import { Choices, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Moment } from '../web/lists.tsx'
import type { ListedImport } from './import.ts'
import { fieldWords } from './import-columns.ts'
import { BASE, Discard, Head } from './import-pages.tsx'
import { type FieldName, fieldNames } from './import-tables.ts'
import type { Topic } from './topic.ts'

interface DescribeProps {
  readonly list: ListedImport
  readonly topics: readonly Topic[]
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const DescribePage = ({ list, topics, errors = {}, typed = typedOf(list) }: DescribeProps) => (
  <>
    <Head list={list}>
      <p>
        Uploaded <Moment at={list.uploadedAt} />.{' '}
        {list.expiresAt && (
          <>
            It is deleted on <Moment at={list.expiresAt} />, unless it is brought in.
          </>
        )}
      </p>
    </Head>
    <Errors errors={errors} />
    <form method="post" action={`${BASE}/${list.id}`} novalidate>
      <h2>Which column is what?</h2>
      <p>Columns that you do not choose are not kept.</p>
      <div class="fields">
        {fieldNames.map((field) => (
          <ColumnField field={field} list={list} chosen={typed[field]} error={errors[field]} />
        ))}
      </div>
      <Choices
        type="checkbox"
        name="topics"
        legend="What shall they get?"
        hint="No more than they agreed to."
        options={topics.map(({ slug, title, says }) => ({ value: slug, text: title, hint: says }))}
        chosen={tickedIn(typed['topics'])}
        error={errors['topics']}
      />
      <ProofFields typed={typed} errors={errors} />
      <Submit>Read it, and show what would happen</Submit>
    </form>
    <div class="actions">
      <Discard list={list} />
    </div>
  </>
)

function typedOf({ mapping, topics, proof, wording, source, agreedAt }: ListedImport): Typed {
  const columns = Object.fromEntries(Object.entries(mapping ?? {}).map(([field, at]) => [field, String(at)]))
  return {
    ...columns,
    topics: topics.join(','),
    proof: proof ?? (mapping?.agreed === undefined ? 'statement' : 'rows'),
    words: wording ?? '',
    place: source ?? '',
    day: agreedAt?.toISOString().slice(0, 10) ?? '',
  }
}

interface ColumnFieldProps {
  readonly field: FieldName
  readonly list: ListedImport
  readonly chosen: string | undefined
  readonly error: string | undefined
}

const ColumnField = ({ field, list, chosen, error }: ColumnFieldProps) => {
  const [label, hint] = fieldWords[field]
  const columns = list.columns.map((name, at) => [String(at), name || `Column ${at + 1}`] as const)
  const options = [['', field === 'email' ? 'Please choose' : 'None'] as const, ...columns]
  return <Select name={field} label={label} hint={hint} options={options} value={chosen} error={error} required={field === 'email'} />
}

const ProofFields = ({ typed, errors }: { typed: Typed; errors: FormErrors }) => (
  <>
    <h2>How do you know that they agreed?</h2>
    <Choices
      type="radio"
      name="proof"
      legend="Proof of consent"
      options={[
        {
          value: 'rows',
          text: 'Each row says when',
          hint: 'By the column “When they agreed” above. Rows without a moment are passed over.',
        },
        {
          value: 'statement',
          text: 'I state it for all of them',
          hint: 'You sign it on the next page. It is kept with your name as the proof.',
        },
      ]}
      chosen={[typed['proof'] ?? '']}
      error={errors['proof']}
    />
    <Field
      name="words"
      label="What did they agree to, in the words that they were shown?"
      hint="Used where a row has no words of its own. Each of them can read it."
      rows={3}
      value={typed['words']}
      error={errors['words']}
      maxlength={2_000}
    />
    <Field
      name="place"
      label="Where did they agree?"
      hint="Such as “the form on blog.example.com, with double opt-in”. Used where a row has no place of its own."
      value={typed['place']}
      error={errors['place']}
      maxlength={300}
    />
    <Field
      name="day"
      label="By which day had all of them agreed?"
      hint="For a statement; where each row says when, its own moment counts."
      type="date"
      value={typed['day']}
      error={errors['day']}
    />
  </>
)
