import type {
  AnyUser,
  Column,
  ColumnType,
  UserId,
  UserIdType,
  UsersTable,
} from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import type { Connection, Row, Value } from './handle.ts'

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
  bind(id: UserId): Value
  /** The user of a row whose selected columns begin at `from`. */
  read(id: UserId, row: Row, from: number): AnyUser
}

interface Selected extends Column {
  readonly property: string
  readonly column: string
}

export function usersJoin(users: UsersTable): UsersJoin {
  const idType = users.id.type
  const selected = selectedColumns(users)
  const list = selected.map(({ column, type }, index) => {
    return `, ${asText(quote(column), type)} as cr_${index}`
  })
  // The line break ends a comment in `active`.
  const derived = `(select ${quote(users.id.column ?? 'id')} as cr_id, ((${users.active ?? 'true'}\n) is true) as cr_active${list.join('')} from ${quoteTable(users.table)})`
  return {
    derived,
    columns: (alias) => selected.map((_, index) => `, ${alias}.cr_${index}`).join(''),
    idColumn: (name) => asText(name, idType),
    bind: (id) => (idType === 'bigint' ? BigInt(id) : id),
    read(id, row, from) {
      const user: Record<string, unknown> & { id: UserId } = { id }
      let index = from
      for (const column of selected) {
        user[column.property] = convert(row[index] as Value, column)
        index += 1
      }
      return user
    },
  }
}

function selectedColumns(users: UsersTable): Selected[] {
  return Object.entries(users.select ?? {}).map(([property, given]) => {
    const column = typeof given === 'string' ? { type: given } : given
    return { column: property, ...column, property }
  })
}

// Both drivers would round, or refuse, an integer beyond 2^53.
function asText(expression: string, type: ColumnType): string {
  return type === 'bigint' ? `cast(${expression} as text)` : expression
}

function convert(value: Value, { property, type, nullable }: Selected): unknown {
  if (value === null && nullable === true) return null
  switch (type) {
    case 'boolean':
      if (value === 0 || value === 1) return value === 1
      break
    case 'integer':
      // Beyond 2^53 better-sqlite3 has rounded it already: to the id of something else.
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

/**
 * Compares the option with the catalogue, so that what does not fit shows at start and not at the
 * first log-in.
 * @throws {CloakroomError} `schema_mismatch`
 */
export function checkUsersTable(connection: Connection, users: UsersTable): void {
  const { schema, table } = splitTable(users.table)
  const pragma = (name: string, of: string) =>
    connection.prepare(`select * from pragma_${name}(?, ?)`).all(of, schema)
  const columns = new Map(
    pragma('table_xinfo', table).map(([, name, type, notNull, , key]) => [
      name,
      { type: String(type), notNull: notNull === 1, key },
    ]),
  )
  if (columns.size === 0) throw mismatch(`there is no table ${users.table}`)

  const id = users.id.column ?? 'id'
  const idColumn = columns.get(id)
  if (idColumn === undefined) throw mismatch(`${users.table} has no column ${id}`)
  checkType(`users.id (${id})`, users.id.type, idColumn.type)
  const onlyKey =
    idColumn.key !== 0 && [...columns.values()].filter((c) => c.key !== 0).length === 1
  const indexes = pragma('index_list', table).filter(
    ([, , unique, , partial]) => unique && !partial,
  )
  const keyed = indexes.map(([, name]) =>
    pragma('index_xinfo', String(name)).filter(([, , , , , isKey]) => isKey === 1),
  )
  const alone = keyed.filter((parts) => parts.length === 1 && parts[0]?.[2] === id)
  if (!onlyKey && alone.length === 0) {
    throw mismatch(`${users.table}.${id} has neither a primary key nor a unique index of its own`)
  }
  const collations = alone.map((parts) => String(parts[0]?.[4]).toUpperCase())
  if (collations.length > 0 && !collations.includes('BINARY')) {
    throw mismatch(`${users.table}.${id} has the collation ${collations[0]}; it must be BINARY`)
  }

  for (const { property, column, type, nullable } of selectedColumns(users)) {
    const found = columns.get(column)
    if (found === undefined) {
      throw mismatch(`users.select.${property}: ${users.table} has no column ${column}`)
    }
    checkType(`users.select.${property}`, type, found.type)
    if (!found.notNull && found.key === 0 && nullable !== true) {
      throw mismatch(
        `users.select.${property} may be null in the database: write { ${column === property ? '' : `column: '${column}', `}type: '${type}', nullable: true }`,
      )
    }
  }
  try {
    connection.prepare(`select cr_active from ${usersJoin(users).derived}`)
  } catch (cause) {
    const why = cause instanceof Error ? `: ${cause.message}` : ''
    throw mismatch(`users.active is not a condition on ${users.table}${why}`, cause)
  }
}

/** SQLite's rules of type affinity (sqlite.org/datatype3.html §3.1), as far as they matter here. */
function checkType(what: string, type: ColumnType | UserIdType, declared: string): void {
  const upper = declared.toUpperCase()
  const isInteger = upper.includes('INT')
  const isText = !isInteger && /CHAR|CLOB|TEXT|UUID/.test(upper)
  const fits = {
    text: isText,
    uuid: isText,
    integer: isInteger,
    bigint: isInteger,
    real: /REAL|FLOA|DOUB|NUMERIC|DECIMAL/.test(upper) || isInteger,
    boolean: isInteger || /BOOL|NUMERIC/.test(upper),
  }[type]
  if (fits !== true)
    throw mismatch(`${what} is declared ${declared || 'without a type'}, not ${type}`)
}

function mismatch(what: string, cause?: unknown): CloakroomError {
  return new CloakroomError('schema_mismatch', `The users option does not fit: ${what}.`, { cause })
}

function splitTable(name: string): { schema: string; table: string } {
  const [first = '', second] = name.split('.')
  return second === undefined ? { schema: 'main', table: first } : { schema: first, table: second }
}

function quoteTable(name: string): string {
  const { schema, table } = splitTable(name)
  return `${quote(schema)}.${quote(table)}`
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
