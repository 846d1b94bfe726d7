/** What a program may ask about its own key: the first thing that it tries. */
import { z } from 'zod'
import { operation } from './api.ts'
import { scopeNames, scopesAmong } from './scopes.ts'

const Scope = z.enum(scopeNames)

const Key = z
  .strictObject({
    name: z.string().max(200).describe('What the key is called in the console'),
    scopes: z.array(Scope).max(50).describe('What the key opens'),
    service: z.string().max(100).nullable().describe('The one service that the key is bound to; null where it is bound to none'),
    expires_at: z.iso.datetime().nullable().describe('When the key ends; null where it does not'),
  })
  .meta({ id: 'Key', description: 'A key and what it opens' })

export const keyApi = [
  operation({
    id: 'readKey',
    tag: 'Keys',
    method: 'get',
    at: '/key',
    scope: undefined,
    title: 'What this key opens',
    says: 'Tells what the key that asks may do. Any key may ask; it is the first thing to try.',
    answers: {
      200: {
        says: 'The key, and what it opens',
        schema: Key,
        example: {
          name: 'Log search',
          scopes: ['access:read', 'usage:write'],
          service: 'log-search',
          expires_at: '2027-06-30T00:00:00.000Z',
        },
      },
    },
    act: async ({ program: { name, scopes, service, expiresAt } }) => ({
      status: 200,
      body: { name, scopes: scopesAmong(scopes), service: service ?? null, expires_at: expiresAt?.toISOString() ?? null },
    }),
  }),
]
