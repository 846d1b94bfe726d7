/** Every mutation, promise by promise. */
import type { PromiseName } from '../../src/promises/promise.ts'
import { first } from './list-1-6.ts'
import { second } from './list-7-12.ts'
import { third } from './list-13-18.ts'
import type { Mutations, MutationTable } from './mutation.ts'

export const mutations: MutationTable = { ...first, ...second, ...third }

export const all = Object.entries(mutations) as [PromiseName, Mutations][]
