/** Which operation an address means: the table is the schema's own. */
import { type Schema, spec } from './schema.ts'

export interface Route {
  operation: string
  method: string
  parts: string[]
  request: Schema | undefined
  response: Schema
  json: boolean
}

const isName = (part: string): boolean => part.startsWith('{')

const routes: Route[] = Object.entries(spec.paths).flatMap(([path, verbs]) =>
  Object.entries(verbs).map(([method, operation]) => {
    const content = operation.requestBody?.content ?? {}
    return {
      operation: operation.operationId,
      method: method.toUpperCase(),
      parts: path.slice(1).split('/'),
      request: Object.values(content)[0]?.schema ?? operation['x-query'],
      response: operation.responses[200].content['application/json'].schema,
      json: 'application/json' in content,
    }
  }),
)

// `/customers/search` before `/customers/{id}`.
const names = ({ parts }: Route): string => parts.map((part) => (isName(part) ? '1' : '0')).join('')
routes.sort((a, b) => names(a).localeCompare(names(b)))

const byLength = Map.groupBy(routes, (route) => route.parts.length)

export interface Found {
  route: Route
  path: Record<string, string>
}

export function findRoute(method: string, pathname: string): Found | undefined {
  const given = pathname.slice(1).split('/')
  const route = byLength
    .get(given.length)
    ?.find((each) => each.method === method && each.parts.every((part, i) => isName(part) || part === given[i]))
  if (!route) return undefined
  const path = route.parts.flatMap((part, i) => (isName(part) ? [[part.slice(1, -1), decodeURIComponent(given[i] ?? '')] as const] : []))
  return { route, path: Object.fromEntries(path) }
}

export const knownOperations = routes.map(({ operation }) => operation)
