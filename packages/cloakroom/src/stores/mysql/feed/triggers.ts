import { createHash } from 'node:crypto'
import type { UserIdType } from '../../../core/user.ts'
import { now, quoteTable } from '../dialect.ts'
import type { LocatedSchema } from '../schema.ts'
import type { TableName, UsersColumn } from '../users-columns.ts'
import { changesTable } from './changes-table.ts'

export interface Trigger {
  readonly table: TableName
  readonly name: string
  readonly event: 'insert' | 'update' | 'delete'
  /** What it does for each row, after the event. */
  readonly body: string
}

/** The application's users table, as the triggers need it. */
export interface WatchedUsers {
  readonly name: TableName
  readonly idType: UserIdType
  readonly id: WatchedColumn
  /** Those of which a session's user is made, and whether it is active. */
  readonly columns: readonly WatchedColumn[]
}

export interface WatchedColumn extends Pick<UsersColumn, 'type' | 'charset'> {
  /** As statements write it. */
  readonly quoted: string
}

export function createTrigger({ table, name, event, body }: Trigger): string {
  const trigger = quoteTable({ schema: table.schema, table: name })
  return `create trigger ${trigger} after ${event} on ${quoteTable(table)} for each row ${body}`
}

/** All but when it was last seen, and what only a rotation looks at. */
const sessionColumns = [
  ...['id', 'secret_hash', 'family_hash', 'user_id', 'impersonator_id', 'epoch', 'client_id'],
  ...['created_at', 'expires_at', 'persistent', 'authenticated_at', 'methods', 'ip', 'device'],
  ...['data', 'data_version'],
]

/**
 * What writes down the changes of which other processes must hear, whoever makes them. None may ever
 * fail, because the application's own statement would fail with it.
 */
export function triggersOf(schema: LocatedSchema, users: WatchedUsers): Trigger[] {
  const { database, prefix } = schema
  const userId = toOurs(users)
  const trigger = (
    table: string,
    event: Trigger['event'],
    [column, value]: readonly [column: string, value: string],
    condition: string,
  ): Trigger => ({
    table: table === 'users' ? users.name : { schema: database, table: `${prefix}${table}` },
    name: `${prefix}${table}_${event}${table === 'users' ? suffixOf(schema, users) : ''}`,
    event,
    // It reads no table, and so waits for no lock. `ignore`: an id that does not fit our column is of
    // nobody who could have a session.
    body: `if ${condition} then insert ignore into ${changesTable(schema)} (id, ${column}) values (uuid(), ${value}); end if`,
  })
  const session = ['session_id', 'old.id'] as const
  const user = (id: string) => ['user_id', id] as const
  return [
    trigger('sessions', 'update', session, differs(sessionColumns)),
    // Everybody knows by themselves what is past its deadline.
    trigger('sessions', 'delete', session, `old.expires_at > ${now}`),
    // The row of a user under a cap begins at 0, which is no other epoch than without a row.
    trigger(
      'user_states',
      'insert',
      user('new.user_id'),
      'new.epoch <> 0 or new.blocked_at is not null',
    ),
    trigger(
      'user_states',
      'update',
      user('old.user_id'),
      differs(['user_id', 'epoch', 'blocked_at']),
    ),
    trigger('user_states', 'delete', user('old.user_id'), 'true'),
    trigger('state', 'update', user('null'), differs(['epoch'])),
    trigger('users', 'update', user(userId), differsInBytes(users.columns)),
    trigger('users', 'delete', user(userId), 'true'),
  ]
}

/**
 * One users table can have triggers for several sets of our tables, with the same prefix in different
 * databases. By the same name the later ones would take the place of the others, in silence.
 */
function suffixOf({ database }: LocatedSchema, { name }: WatchedUsers): string {
  if (database === name.schema) return ''
  return `_${createHash('sha256').update(database).digest('hex').slice(0, 8)}`
}

function differs(columns: readonly string[]): string {
  return `not (${columns.map((column) => `old.${column} <=> new.${column}`).join(' and ')})`
}

// In most collations `ada` is no other name than `Ada`.
function differsInBytes(columns: readonly WatchedColumn[]): string {
  const equal = columns.map(({ quoted, charset }) => {
    const [before, after] = [`old.${quoted}`, `new.${quoted}`]
    if (charset === null) return `${before} <=> ${after}`
    return `cast(${before} as binary) <=> cast(${after} as binary)`
  })
  return `not (${equal.join(' and ')})`
}

/** The user's id of before, as our own tables have it. */
function toOurs({ idType, id }: WatchedUsers): string {
  const before = `old.${id.quoted}`
  if (idType === 'text') return `cast(convert(${before} using utf8mb4) as binary)`
  if (idType !== 'uuid' || id.type === 'binary') return before
  // What is no uuid is nobody's; null would be everybody's.
  return `coalesce(unhex(replace(cast(${before} as char), '-', '')), '')`
}
