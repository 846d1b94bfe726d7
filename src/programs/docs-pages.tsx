/** The API for people, from the same document that machines get. It needs no script. */
import type { Child } from 'hono/jsx'
import { Facts } from '../web/lists.tsx'
import { type Document, fieldsOf, type Operated, type Schema, type Sent } from './described.ts'
import { scopeNames, scopes } from './scopes.ts'

export const DocsPage = ({ document }: { document: Document }) => (
  <>
    <h1>{document.info.title}</h1>
    <p class="lead">{document.info.summary}.</p>
    <p>{document.info.description}</p>
    <p>
      For machines, all of this is one file: <a href="/api/openapi.json">OpenAPI 3.1</a>. Every address below begins with{' '}
      <code>{document.servers[0]?.url}</code>.
    </p>
    <ul>
      {operationsIn(document).map(({ method, path, told }) => (
        <li>
          <a href={`#${told.operationId}`}>{told.summary}</a> <code>{`${method} ${path}`}</code>
        </li>
      ))}
      <li>
        <a href="#webhooks">What programs are told</a>
      </li>
    </ul>
    <FirstTry url={document.servers[0]?.url ?? ''} />
    {operationsIn(document).map((one) => (
      <Operation {...one} document={document} />
    ))}
    <Webhooks document={document} />
    <section id="problem">
      <h2>When something is refused</h2>
      <p>
        The answer is a problem (RFC 9457). Its status says what kind of refusal it is; where a part of the request is at fault, it is
        named.
      </p>
      <Fields schema={document.components.schemas['Problem'] ?? {}} document={document} />
    </section>
  </>
)

interface Found {
  readonly method: string
  readonly path: string
  readonly told: Operated
}

const operationsIn = ({ paths }: Document): Found[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, told]) => ({ method: method.toUpperCase(), path, told })),
  )

const FirstTry = ({ url }: { url: string }) => (
  <section>
    <h2>A first try</h2>
    <p>The owner makes a key for each program in the console, under Programs. It is sent with every request, and in no other way:</p>
    <pre>
      <code>{`curl -H "Authorization: Bearer $KEY" ${url}/key`}</code>
    </pre>
    <h3>Scopes</h3>
    <Facts rows={scopeNames.map((name) => [<code>{name}</code>, scopes[name]])} />
  </section>
)

const Operation = ({ method, path, told, document }: Found & { document: Document }) => (
  <section id={told.operationId}>
    <h2>{told.summary}</h2>
    <p>
      <code>{`${method} ${path}`}</code>{' '}
      {told['x-scope'] ? (
        <>
          with the scope <code>{told['x-scope']}</code>
        </>
      ) : (
        'with any key'
      )}
    </p>
    <p>{told.description}</p>
    <Parameters told={told} document={document} />
    {told.requestBody && <Body title="What is sent" sent={told.requestBody} document={document} />}
    {Object.entries(told.responses).map(([status, answer]) =>
      answer.content?.['application/json'] ? (
        <Body title={`${status}: ${answer.description ?? ''}`} sent={answer} document={document} />
      ) : null,
    )}
    <Refusals told={told} document={document} />
  </section>
)

const Webhooks = ({ document }: { document: Document }) => (
  <section id="webhooks">
    <h2>What programs are told</h2>
    <p>
      Endpoints are added in the console. Messages follow <a href="https://www.standardwebhooks.com">Standard Webhooks</a>: verify the
      signature over the body as it arrived, answer within 15 seconds with a status from 200 to 299, and do the work afterwards. What is not
      taken is tried again for three days. The same thing may be told twice, and later things before earlier ones: <code>webhook-id</code>{' '}
      tells a repeated one.
    </p>
    {Object.entries(document.webhooks).map(([type, { post }]) => (
      <>
        <h3>
          <code>{type}</code>
        </h3>
        <p>{post.summary}.</p>
        <pre>
          <code>{JSON.stringify(post.requestBody?.content?.['application/json']?.example, null, 2)}</code>
        </pre>
      </>
    ))}
  </section>
)

const Parameters = ({ told, document }: { told: Operated; document: Document }) => {
  const parameters = (told.parameters ?? []).map((one) =>
    '$ref' in one ? document.components.parameters[one.$ref.split('/').at(-1) ?? ''] : one,
  )
  const rows = parameters.flatMap((one) => {
    const [{ kind } = { kind: '' }] = one ? fieldsOf(one.schema, document) : []
    return one ? [line(one.name, one.required, [`In the ${one.in}`, kind, one.description])] : []
  })
  return rows.length > 0 ? <Facts rows={rows} /> : null
}

const line = (name: string, required: boolean, says: readonly (string | undefined)[]): [Child, Child] => [
  <>
    <code>{name}</code> {!required && <small>(optional)</small>}
  </>,
  `${says.filter(Boolean).join('. ')}.`,
]

const Body = ({ title, sent, document }: { title: string; sent: Sent; document: Document }) => {
  const { schema, example } = sent.content?.['application/json'] ?? {}
  return (
    <>
      <h3>{title}</h3>
      {schema && <Fields schema={schema} document={document} />}
      <pre>
        <code>{JSON.stringify(example, null, 2)}</code>
      </pre>
    </>
  )
}

const Fields = ({ schema, document }: { schema: Schema; document: Document }) => (
  <Facts rows={fieldsOf(schema, document).map(({ name, required, kind, says }) => line(name, required, [says, capital(kind)]))} />
)

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const Refusals = ({ told, document }: { told: Operated; document: Document }) => (
  <>
    <h3>What can be refused</h3>
    <ul>
      {Object.entries(told.responses)
        .filter(([status]) => Number(status) >= 400)
        .map(([status, answer]) => (
          <li>
            <a href="#problem">{status}</a>{' '}
            {answer.description ?? document.components.responses[answer.$ref?.split('/').at(-1) ?? '']?.description}
          </li>
        ))}
    </ul>
  </>
)
