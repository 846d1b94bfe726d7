/** Where spans are sent: the settings of OpenTelemetry that mean something here, under its own names. */
import { z } from 'zod'

/** A collector of the operator's that takes spans by OTLP over HTTP. */
export interface TracesDestination {
  /** The whole address, such as `http://localhost:4318/v1/traces`. */
  readonly url: string
  /** Sent with each request, such as the collector's key. */
  readonly headers: Readonly<Record<string, string>>
  /** What this program is called there. */
  readonly service: string
  /** The share of requests and jobs that is followed, 0 to 1, where no caller who is believed decided already. */
  readonly share: number
}

export interface Traced {
  /** Undefined: nothing is followed. */
  readonly traces: TracesDestination | undefined
}

const optional = <T extends z.ZodType>(schema: T) => z.preprocess((text) => (text === '' ? undefined : text), schema.optional())

const OURS = ['content-type', 'content-length', 'host', 'connection', 'transfer-encoding']

const headers = z.string().transform((list, context) => {
  const read = headersIn(list)
  if (!read) context.addIssue('must look like name=value,name=value, with signs as %20')
  return read ?? {}
})

/** Headers as W3C Baggage writes them; undefined where one is none, or is not the operator's to set. */
function headersIn(list: string): Record<string, string> | undefined {
  const entries = list.split(',').filter((entry) => entry.trim() !== '')
  const read = entries.map(headerIn)
  return read.includes(undefined) ? undefined : Object.fromEntries(read.filter((entry) => entry !== undefined))
}

function headerIn(entry: string): [string, string] | undefined {
  const [, name = '', written = ''] = /^\s*([!#$%&'*+.^`|~\w-]+)\s*=\s*(.*?)\s*$/.exec(entry) ?? []
  const value = decoded(written)
  if (!name || value === undefined || !/^[\x20-\x7e]+$/.test(value) || OURS.includes(name.toLowerCase())) return undefined
  return [name.toLowerCase(), value]
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The settings, as `config.ts` reads them. */
export const tracesSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(
    z.string().regex(/^https?:\/\/[a-z0-9.\-[\]:]+(\/[\w./~-]*)?$/i, 'must look like http://localhost:4318, without a query'),
  ),
  OTEL_EXPORTER_OTLP_HEADERS: optional(headers),
  OTEL_SERVICE_NAME: optional(z.string().regex(/^[\w .-]{1,100}$/, 'must be a word, such as cloudrun')),
  OTEL_TRACES_SAMPLER_ARG: optional(z.coerce.number('must be a number from 0 to 1').min(0).max(1, 'must be a number from 0 to 1')),
}

type Raw = { readonly [N in keyof typeof tracesSettings]?: z.infer<(typeof tracesSettings)[N]> }

/** What they mean together; without an endpoint, nothing. */
export function tracesOf(raw: Raw): Traced {
  const base = raw.OTEL_EXPORTER_OTLP_ENDPOINT
  if (!base) return { traces: undefined }
  return {
    traces: {
      url: `${base.replace(/\/+$/, '')}/v1/traces`,
      headers: raw.OTEL_EXPORTER_OTLP_HEADERS ?? {},
      service: raw.OTEL_SERVICE_NAME ?? 'cloudrun',
      share: raw.OTEL_TRACES_SAMPLER_ARG ?? 1,
    },
  }
}
