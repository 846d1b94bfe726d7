/** The API for people, from the same document that machines get. It needs no script. */
import { Table } from '../web/lists.tsx'
import { type Document, fieldsOf, type Operated, type Schema, type Sent } from './described.ts'

export const DocsPage = ({ document }: { document: Document }) => (
  <>
    <h1>{document.info.title}</h1>
    <p class="lead">{document.info.summary}.</p>
    <p>{document.info.description}</p>
    <p>
      For machines, all of this is one file: <a href="/api/openapi.json">OpenAPI 3.1</a>. Every address below begins with{' '}
      <code>{document.servers[0]?.url}</code>.
    </p>
    <nav aria-label="Operations">
      <ul>
        {operationsIn(document).map(({ method, path, told }) => (
          <li>
            <a href={`#${told.operationId}`}>{told.summary}</a> <code>{`${method} ${path}`}</code>
          </li>
        ))}
      </ul>
    </nav>
    <FirstTry url={document.servers[0]?.url ?? ''} />
    {operationsIn(document).map((one) => (
      <Operation {...one} document={document} />
    ))}
    <section id="problem">
      <h2>When something is refused</h2>
      <p>
        The answer is a problem (RFC 9457). Its status says what kind of refusal it is; where a part of the request is at fault, it is
        named.
      </p>
      <Fields label="Fields of a problem" schema={document.components.schemas['Problem'] ?? {}} document={document} />
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

const Parameters = ({ told, document }: { told: Operated; document: Document }) => {
  const parameters = (told.parameters ?? []).map((one) =>
    '$ref' in one ? document.components.parameters[one.$ref.split('/').at(-1) ?? ''] : one,
  )
  if (parameters.length === 0) return null
  return (
    <Table label="Parameters">
      <Head names={['Parameter', 'In', 'Kind', 'What it is']} />
      <tbody>
        {parameters.map(
          (one) =>
            one && (
              <tr>
                <th scope="row">
                  <code>{one.name}</code>
                  {!one.required && ' (optional)'}
                </th>
                <td>{one.in}</td>
                <td>{fieldsOf(one.schema, document)[0]?.kind}</td>
                <td>{one.description}</td>
              </tr>
            ),
        )}
      </tbody>
    </Table>
  )
}

const Body = ({ title, sent, document }: { title: string; sent: Sent; document: Document }) => {
  const { schema, example } = sent.content?.['application/json'] ?? {}
  return (
    <>
      <h3>{title}</h3>
      {schema && <Fields label={title} schema={schema} document={document} />}
      <pre>
        <code>{JSON.stringify(example, null, 2)}</code>
      </pre>
    </>
  )
}

const Fields = ({ label, schema, document }: { label: string; schema: Schema; document: Document }) => (
  <Table label={label}>
    <Head names={['Field', 'Kind', 'What it is']} />
    <tbody>
      {fieldsOf(schema, document).map(({ name, required, kind, says }) => (
        <tr>
          <th scope="row">
            <code>{name}</code>
            {!required && ' (optional)'}
          </th>
          <td>{kind}</td>
          <td>{says}</td>
        </tr>
      ))}
    </tbody>
  </Table>
)

const Head = ({ names }: { names: readonly string[] }) => (
  <thead>
    <tr>
      {names.map((name) => (
        <th scope="col">{name}</th>
      ))}
    </tr>
  </thead>
)

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
