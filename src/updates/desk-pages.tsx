/** The desk where an issue is written, looked at, and sent on its way. */
import type { FormErrors, Typed } from '../web/form.ts'
import { Checkbox, Errors, Field, Select, Submit } from '../web/forms.tsx'
import { Icon, type IconName } from '../web/icons.tsx'
import type { Reach } from './audience.ts'
import type { Check } from './checklist.ts'
import { imageWords, type ListedImage } from './image.ts'
import type { Issue, NotedAct } from './issue.ts'
import { Act, Acts, IssueHead, Letters, written } from './issue-pages.tsx'
import type { Topic } from './topic.ts'
import { zones } from './zone.ts'

export interface DeskProps {
  readonly issue: Issue
  readonly topics: readonly Topic[]
  readonly languages: readonly string[]
  readonly services: readonly { readonly slug: string; readonly title: string }[]
  readonly reach: Reach
  readonly images: readonly ListedImage[]
  readonly checks: readonly Check[]
  readonly acts: readonly NotedAct[]
  readonly text: string
  readonly zone: string
  readonly told?: string | undefined
  readonly errors?: FormErrors | undefined
  readonly typed?: Typed | undefined
}

export const DeskPage = (props: DeskProps) => (
  <>
    <IssueHead issue={props.issue} told={props.told} />
    <OnThisPage />
    <Errors errors={props.errors ?? {}} />
    <Desk {...props} />
    <Letters issue={props.issue} text={props.text} />
    <Pictures {...props} />
    <Checklist issue={props.issue} checks={props.checks} />
    <Sending {...props} />
    <Acts acts={props.acts} />
  </>
)

// The page is long, and its frames hold links of their own: by keyboard one would go through them all.
const OnThisPage = () => (
  <nav class="views" aria-label="On this page">
    <ul>
      {[
        ['looks', 'How it looks'],
        ['pictures', 'Pictures'],
        ['checks', 'Before it goes'],
        ['send', 'Send'],
      ].map(([id, text]) => (
        <li>
          <a href={`#${id}`}>{text}</a>
        </li>
      ))}
    </ul>
  </nav>
)

/** What was typed, or else what is kept. */
const keptIn = ({ issue, typed }: DeskProps): Typed =>
  typed?.['body'] === undefined
    ? {
        topic: issue.topic,
        subject: issue.subject,
        preheader: issue.preheader,
        body: issue.body,
        language: issue.narrowed.language ?? '',
        service: issue.narrowed.service ?? '',
        joinedSince: issue.narrowed.joinedSince ?? '',
      }
    : typed

const Desk = (props: DeskProps) => {
  const { issue, topics, languages, services, reach, errors = {} } = props
  const kept = keptIn(props)
  const field = (name: string) => ({ name, value: kept[name], error: errors[name] })
  return (
    <form class="desk" method="post" action={`/staff/updates/issues/${issue.id}`} data-live novalidate>
      <Field {...field('subject')} label="Subject" maxlength={200} hint="{{name|there}} stands for the reader's name." required />
      <Field {...field('preheader')} label="First line" maxlength={200} hint="What one reads beside the subject." required />
      <Field
        {...field('body')}
        label="Words"
        rows={18}
        maxlength={60_000}
        hint="Markdown: **bold**, ## heading, - list, [words](https://…)."
        required
      />
      <div class="fields">
        <Select {...field('topic')} label="Topic" options={topics.map(({ slug, title }) => [slug, title])} required />
        <Select
          {...field('language')}
          label="Only who reads in"
          options={[['', 'any language'], ...languages.map((one) => [one, one] as const)]}
        />
        <Select
          {...field('service')}
          label="Only who is registered for"
          options={[['', 'any service, or none'], ...services.map(({ slug, title }) => [slug, title] as const)]}
        />
        <Field {...field('joinedSince')} label="Only who joined since" type="date" />
      </div>
      <p>
        As it is kept now, it goes to <b>{written(reach.meant)}</b> of {written(reach.subscribers)} subscribers.
      </p>
      <Submit icon="check">Save and show</Submit>
    </form>
  )
}

const Pictures = ({ issue, images, errors = {}, typed = {} }: DeskProps) => (
  <section id="pictures">
    <h2>Pictures</h2>
    {images.length > 0 && (
      <ul class="rows">
        {images.map((image) => (
          <li>
            <div>
              <code>{imageWords(image)}</code>
            </div>
            <form class="inline" method="post" action={`/staff/updates/issues/${issue.id}/images/${image.name}/remove`}>
              <button type="submit" class="quiet" aria-label={`Remove the picture of ${image.alt}`}>
                Remove
              </button>
            </form>
          </li>
        ))}
      </ul>
    )}
    <form method="post" action={`/staff/updates/issues/${issue.id}/images`} enctype="multipart/form-data" novalidate>
      <Upload error={errors['picture']} />
      <Field
        name="alt"
        label="What it shows, in words"
        value={typed['alt']}
        error={errors['alt']}
        maxlength={300}
        hint="For everybody who does not see it."
        required
      />
      <Submit kind="quiet" icon="plus">
        Add the picture
      </Submit>
    </form>
  </section>
)

const Upload = ({ error }: { error?: string | undefined }) => (
  <div class={error ? 'field wrong' : 'field'}>
    <label for="field-picture">Picture</label>
    <p class="hint" id="field-picture-hint">
      PNG, JPEG, GIF or WebP, up to 2 MB. What the camera noted in it is left out.
    </p>
    {error && (
      <p class="error" id="field-picture-error">
        <Icon name="circle-alert" /> {error}
      </p>
    )}
    <input
      type="file"
      name="picture"
      id="field-picture"
      accept="image/png,image/jpeg,image/gif,image/webp"
      aria-describedby={error ? 'field-picture-hint field-picture-error' : 'field-picture-hint'}
      required
    />
  </div>
)

const signs: Record<Check['verdict'], readonly [IconName, string]> = {
  good: ['circle-check', 'Good'],
  look: ['triangle-alert', 'Have a look'],
  must: ['circle-alert', 'To be mended'],
}

const Checklist = ({ issue, checks }: Pick<DeskProps, 'issue' | 'checks'>) => (
  <section id="checks">
    <h2>Before it goes</h2>
    <ul class="rows checks">
      {checks.map(({ what, verdict, says }) => (
        <li class={verdict}>
          <Icon name={signs[verdict][0]} />
          <div>
            <h3>{what}</h3>
            <p>
              <span class="soft">{signs[verdict][1]}:</span> {says}
            </p>
          </div>
        </li>
      ))}
    </ul>
    <div class="actions">
      <a class="button quiet" href={`/staff/updates/issues/${issue.id}?score=yes`}>
        Ask for the spam score, too
      </a>
      <Act issue={issue} act="test" says="Send a test letter to me" />
    </div>
  </section>
)

const Sending = ({ issue, zone, errors = {}, typed = {} }: DeskProps) => (
  <section id="send">
    <h2>Send</h2>
    <p>Without a day, it goes at once.</p>
    <form method="post" action={`/staff/updates/issues/${issue.id}/schedule`} novalidate>
      <div class="fields">
        <Field name="day" label="Day" type="date" value={typed['day']} error={errors['day']} />
        <Field name="time" label="Time" type="time" value={typed['time']} error={errors['time']} />
        <Select
          name="zone"
          label="Time zone"
          value={typed['zone'] ?? zone}
          options={zones.map((one) => [one, one] as const)}
          error={errors['zone']}
        />
      </div>
      <Checkbox name="sure" label="I have read it as its readers will." error={errors['sure']} required />
      <Submit icon="send">Send it on its way</Submit>
    </form>
  </section>
)
