/** Columns that recur in every room, declared once. */
import { timestamp, uuid } from 'drizzle-orm/pg-core'
import { v7 } from 'uuid'
import type { Id } from '../log.ts'

/** A fresh UUIDv7: ids sort by the time they were made. PostgreSQL before 18 has no such function. */
export const newId = (): Id => v7() as Id

/** The row's own id. */
export const ownId = () => uuid().primaryKey().$type<Id>().$defaultFn(newId)

/** The id of another row; name the column after what it points at. */
export const idOf = (name: string) => uuid(name).$type<Id>()

/** A moment, always with its zone. The name ends in `_at`. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
