import type { ColumnType, UserIdType, UsersTable } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import { selectedColumns, usersJoin } from '../sql/users-join.ts'
import { splitTable, sqliteDialect } from './dialect.ts'
import type { Connection } from './handle.ts'

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
    connection.prepare(`select cr_active from ${usersJoin(users, sqliteDialect).derived}`)
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
