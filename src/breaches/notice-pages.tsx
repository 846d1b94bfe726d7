/** A notice, to be written or read. */
import type { FormErrors } from '../web/form.ts'
import { Errors, Field, Submit } from '../web/forms.tsx'
import { Crumbs } from '../web/layout.tsx'
import { type NoticeKind, noticeKinds } from './kinds.ts'
import { type Draft, headings } from './notices.ts'
import { shortId, up } from './pages.tsx'

interface NoticeProps {
  readonly id: string
  readonly kind: NoticeKind
  readonly draft: Draft
  /** It went out, or the breach is closed: it can only be read. */
  readonly fixed: boolean
  readonly errors?: FormErrors | undefined
}

export const NoticePage = ({ id, kind, draft, fixed, errors = {} }: NoticeProps) => (
  <>
    <Crumbs to={[...up, { href: `/staff/breaches/${id}`, text: shortId(id) }]} here={noticeKinds[kind]} />
    <h1>{noticeKinds[kind]}</h1>
    <Errors errors={errors} />
    {fixed ? (
      <article class="letter">
        <h2>{draft.subject}</h2>
        <pre>{draft.body}</pre>
      </article>
    ) : (
      <form method="post" action={`/staff/breaches/${id}/notices/${kind}`} novalidate>
        <Field name="subject" label="Subject" value={draft.subject} error={errors['subject']} maxlength={300} required />
        <Field
          name="body"
          label="Words"
          value={draft.body}
          error={errors['body']}
          hint={`These stand as lines of their own, because the law wants them: ${headings[kind].join('; ')}.`}
          rows={24}
          maxlength={20_000}
          required
        />
        <Submit>Keep these words</Submit>
      </form>
    )}
    {kind !== 'people' && (
      <p>It is sent by that authority’s own form or address; then note that it was done, with the number that you get.</p>
    )}
  </>
)
