import type { UserIdType, UsersTable } from '../../core/user.ts'
import type { SqlDialect, SqlRow } from '../sql/dialect.ts'
import { type UsersJoin, usersJoin } from '../sql/users-join.ts'
import { formatUuid, userIdColumn } from './user-id-column.ts'
import type { TableName, UsersColumn, UsersColumns } from './users-columns.ts'

/** Milliseconds since 1970, when the statement began; of no session's time zone. */
export const now = `timestampdiff(microsecond, '1970-01-01', utc_timestamp(3)) div 1000`

export interface DialectOptions {
  readonly users: UsersTable
  readonly columns: UsersColumns
  /** The connection's own schema. A connection may have been told to `use` another. */
  readonly schema: string
  readonly guard: string
}

export function mysqlDialect({ users, columns, schema, guard }: DialectOptions): SqlDialect {
  const { type } = users.id
  const id = columns.get((users.id.column ?? 'id').toLowerCase())
  const binaryColumns = new Set(
    [...columns].filter(([, column]) => column.type === 'binary').map(([name]) => quote(name)),
  )
  return {
    quote,
    quoteTable: (name) => quoteTable(splitTable(name, schema)),
    select(expression, type) {
      if (type === 'bigint') return `cast(${expression} as char)`
      // `bit(1)` would be a byte.
      if (type === 'boolean') return `(${expression} + 0)`
      const isBytes = type === 'uuid' && binaryColumns.has(expression.toLowerCase())
      return isBytes ? formatUuid(expression) : expression
    },
    time: (column) => column,
    // Rows end with both: `timeIn` reads the one, and `readFresh` the other.
    now: `${now}, ${guard}`,
    sameUser: (userColumn, column) => sameUser(type, id, userColumn, column),
    bindUserId: (id) => userIdColumn(type).bind(id),
    readId: (value) => value as Uint8Array,
  }
}

/** The database's time in a row that ends with `dialect.now`. */
export function timeIn(row: SqlRow): number {
  return Number(row.at(-2))
}

export function mysqlUsersJoin(users: UsersTable, dialect: SqlDialect): UsersJoin {
  return { ...usersJoin(users, dialect), idColumn: userIdColumn(users.id.type).read }
}

// The first half finds the row by the index of the application's column, in the column's collation.
// The second half compares bytes.
function sameUser(
  type: UserIdType,
  id: UsersColumn | undefined,
  userColumn: string,
  column: string,
): string {
  if (id?.type === 'uuid') return `${userColumn} = ${formatUuid(column)}`
  if (id === undefined || id.charset === null) return `${userColumn} = ${column}`
  const { charset, collation } = id
  const text = userIdColumn(type).read(column)
  const equal = `${userColumn} = convert(${text} using ${charset}) collate ${collation}`
  const userText = `convert(${userColumn} using utf8mb4)`
  return type === 'uuid'
    ? `(${equal} and cast(lower(${userText}) as binary) = cast(${text} as binary))`
    : `(${equal} and cast(${userText} as binary) = ${column})`
}

/** The table of which an option gives the name, or `schema.table`. */
export function splitTable(name: string, schema: string): TableName {
  const [first = '', second] = name.split('.')
  return second === undefined ? { schema, table: first } : { schema: first, table: second }
}

export function quoteTable({ schema, table }: TableName): string {
  return `${quote(schema)}.${quote(table)}`
}

function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}
