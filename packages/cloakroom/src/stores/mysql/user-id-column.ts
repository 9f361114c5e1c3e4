import type { UserId, UserIdType } from '../../core/user.ts'
import type { SqlValue } from '../sql/dialect.ts'

/**
 * How user ids are kept in our own tables: so that every id fits, whatever the server's SQL mode,
 * and that two ids are the same only if they are to the last bit. The collations of applications'
 * tables take `A` for `a`, and `12 ` for `12`.
 */
export interface UserIdColumn {
  /** The type of the column. */
  readonly type: string
  /** A parameter of the column's type. */
  readonly parameter: string
  bind(id: UserId): SqlValue
  /** The column as the API shows the id. */
  read(column: string): string
}

const integer: UserIdColumn = {
  type: 'bigint',
  // A number would go as a double, and a string would be compared as one.
  parameter: 'cast(? as signed)',
  bind: (id) => String(id),
  read: (column) => column,
}

const columns: Readonly<Record<UserIdType, UserIdColumn>> = {
  integer,
  bigint: { ...integer, read: (column) => `cast(${column} as char)` },
  text: {
    // UTF-8: 255 UTF-16 code units take no more.
    type: 'varbinary(765)',
    parameter: 'cast(? as binary)',
    bind: (id) => Buffer.from(String(id)),
    read: (column) => `convert(${column} using utf8mb4)`,
  },
  uuid: {
    type: 'binary(16)',
    parameter: 'cast(? as binary)',
    bind: (id) => Buffer.from(String(id).replaceAll('-', ''), 'hex'),
    read: formatUuid,
  },
}

export function userIdColumn(type: UserIdType): UserIdColumn {
  return columns[type]
}

/** Sixteen bytes as text in lower case. */
export function formatUuid(column: string): string {
  return `lower(insert(insert(insert(insert(hex(${column}), 9, 0, '-'), 14, 0, '-'), 19, 0, '-'), 24, 0, '-'))`
}
