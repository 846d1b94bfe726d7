export type * from './api.ts'
export { Cloudrun, type Options, Refused, Unreachable } from './client.ts'
export { believe, NotBelieved } from './webhook.ts'
