import type { AnyUser, Column, UserId, UsersTable } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import type { SqlDialect, SqlRow, SqlValue } from './dialect.ts'

/** The application's users table, as the statements need it. */
export interface UsersJoin {
  /**
   * A derived table with `cr_id`, `cr_active`, `cr_0`, `cr_1`, …: a condition such as
   * `blocked_at is null` can then only mean the application's own column, never one of ours.
   */
  readonly derived: string
  /** The selected columns, as `alias.cr_0, alias.cr_1`, each preceded by a comma. */
  columns(alias: string): string
  /** A user id column so that a 64-bit one arrives as a string. */
  idColumn(name: string): string
  bind(id: UserId): SqlValue
  bindOrNull(id: UserId | null): SqlValue
  /** The user of a row whose selected columns begin at `from`. */
  read(id: UserId, row: SqlRow, from: number): AnyUser
}

/** A column of `users.select`, with its defaults. */
export interface SelectedColumn extends Column {
  readonly property: string
  readonly column: string
}

export function selectedColumns(users: UsersTable): SelectedColumn[] {
  return Object.entries(users.select ?? {}).map(([property, given]) => {
    const column = typeof given === 'string' ? { type: given } : given
    return { column: property, ...column, property }
  })
}

export function usersJoin(users: UsersTable, dialect: SqlDialect): UsersJoin {
  const idType = users.id.type
  const selected = selectedColumns(users)
  const id = dialect.quote(users.id.column ?? 'id')
  const list = selected.map(({ column, type }, index) => {
    return `, ${dialect.select(dialect.quote(column), type)} as cr_${index}`
  })
  const bind = (value: UserId) => dialect.bindUserId(value, idType)
  return {
    // The line break ends a comment in `active`.
    derived: `(select ${id} as cr_id, ((${users.active ?? 'true'}\n) is true) as cr_active${list.join('')} from ${dialect.quoteTable(users.table)})`,
    columns: (alias) => selected.map((_, index) => `, ${alias}.cr_${index}`).join(''),
    idColumn: (name) => dialect.select(name, idType),
    bind,
    bindOrNull: (value) => (value === null ? null : bind(value)),
    read(userId, row, from) {
      const user: Record<string, unknown> & { id: UserId } = { id: userId }
      let index = from
      for (const column of selected) {
        user[column.property] = convert(row[index], column)
        index += 1
      }
      return user
    },
  }
}

function convert(value: SqlValue, { property, type, nullable }: SelectedColumn): unknown {
  if (value === null && nullable === true) return null
  switch (type) {
    case 'boolean':
      if (value === 0 || value === 1) return value === 1
      if (typeof value === 'boolean') return value
      break
    case 'integer':
      // Beyond 2^53 a driver may have rounded it already: to the id of something else.
      if (Number.isSafeInteger(value)) return value
      break
    case 'real':
      if (typeof value === 'number') return value
      break
    default:
      if (typeof value === 'string') return value
  }
  throw new CloakroomError(
    'schema_mismatch',
    `users.select.${property} is not of type ${type}${value === null ? ', but null: say nullable: true' : ''}.`,
  )
}
