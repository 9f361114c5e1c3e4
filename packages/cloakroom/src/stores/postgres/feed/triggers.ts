import { createHash } from 'node:crypto'
import { quote } from '../dialect.ts'
import { channelOf } from './channel.ts'
import { everybodyBody, removedBody, rowBody } from './notify-function.ts'

/** What the triggers depend on. Names of tables are qualified and quoted. */
export interface FeedTables {
  readonly schema: string
  readonly prefix: string
  readonly sessions: string
  readonly userStates: string
  readonly state: string
  readonly users: FeedUsers
}

export interface FeedUsers {
  /** The application's. */
  readonly table: string
  /** The name of its key. */
  readonly id: string
  /** The derived table of `UsersJoin`: all that the `users` option wants of it. */
  readonly derived: string
}

/** A function in PL/pgSQL that triggers call. */
export interface FeedFunction {
  /** Qualified and quoted. */
  readonly name: string
  /** As `pg_proc.prosrc` has it: if it differs, it was made for something else. */
  readonly body: string
}

export interface FeedTrigger {
  readonly name: string
  readonly table: string
  readonly calls: FeedFunction
  /** Before its table. */
  readonly events: string
  /** After its table. */
  readonly each: string
  /** Whether it is called only if one of the columns that matter has another value. */
  readonly isForColumns?: true
}

const perRow = 'for each row'
const perStatement = 'for each statement'

/** All that `find` reads, but for `last_seen_at`, which is all that a touch changes. */
const sessionColumns = `id, created_at, expires_at, authenticated_at, epoch, data_version,
  user_id, impersonator_id, persistent, secret_hash, client_id, methods, ip, device, data`

/**
 * The triggers that tell of changes, whoever makes them. Touches, sign-ins, and updates of columns of
 * the users table that nobody asks for call none of the functions.
 *
 * - On the users table they are for each row: those for each statement do not hear of a statement
 *   that names a partition.
 * - There it is the values that count, and not the columns that the statement names (`update of`): a
 *   trigger of the application's may have set others as well.
 */
export function feedTriggers({
  sessions,
  userStates,
  state,
  users,
  ...place
}: FeedTables): FeedTrigger[] {
  const { schema, prefix } = place
  const channel = channelOf(place)
  const define = (name: string, body: string): FeedFunction => {
    return { name: `${quote(schema)}.${quote(prefix + name)}`, body }
  }
  const everybody = define('tell_everybody', everybodyBody(channel))
  const removed = define('tell_removed', removedBody(channel))
  const changed = define('tell_changed', rowBody(channel, 'sessionIds', 'id'))
  const userState = define('tell_user_state', rowBody(channel, 'userIds', 'user_id'))
  const userBody = rowBody(channel, 'userIds', quote(users.id))
  const user = define('tell_user', `${noteOf(users.derived)}${userBody}`)

  const nameOf = (on: string, table: string) =>
    `${prefix}${on}${table === users.table ? suffixOf(schema, table) : ''}`
  const emptied = (table: string): FeedTrigger => {
    const name = nameOf('truncated', table)
    return { name, table, calls: everybody, events: 'truncate', each: perStatement }
  }
  return [
    {
      name: nameOf('removed', sessions),
      table: sessions,
      calls: removed,
      events: 'delete',
      each: `referencing old table as removed ${perStatement}`,
    },
    {
      name: nameOf('changed', sessions),
      table: sessions,
      calls: changed,
      events: `update of ${sessionColumns}`,
      each: perRow,
    },
    emptied(sessions),
    {
      name: nameOf('changed', userStates),
      table: userStates,
      calls: userState,
      events: 'insert or delete or update of user_id, epoch, blocked_at',
      each: perRow,
    },
    emptied(userStates),
    {
      name: nameOf('changed', state),
      table: state,
      calls: everybody,
      events: 'insert or delete or truncate or update of epoch',
      each: perStatement,
    },
    {
      name: nameOf('removed', users.table),
      table: users.table,
      calls: user,
      events: 'delete',
      each: perRow,
    },
    {
      name: nameOf('changed', users.table),
      table: users.table,
      calls: user,
      events: 'update',
      each: perRow,
      isForColumns: true,
    },
    emptied(users.table),
  ]
}

/**
 * On one users table there can be triggers for several sets of our tables, with the same prefix in
 * different schemas. By the same name the later ones would take the place of the others, in silence.
 */
function suffixOf(schema: string, usersTable: string): string {
  // The server quotes only where it must.
  const isThere = [schema, quote(schema)].some((own) => usersTable.startsWith(`${own}.`))
  if (isThere) return ''
  return `_${createHash('sha256').update(schema).digest('hex').slice(0, 8)}`
}

function noteOf(derived: string): string {
  const hash = createHash('sha256').update(derived).digest('hex').slice(0, 16)
  return `\n-- Made for a users option with the hash ${hash}.`
}
