/** The words of this room, for other rooms: what is asked for, by which way, what happens, how it ends. */
export {
  type Channel,
  channels,
  type Ending,
  endings,
  type Happening,
  happenings,
  type Kind,
  kindNames,
  kinds,
} from './tables.ts'
