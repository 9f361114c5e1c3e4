import type { ColumnType, UsersTable } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import type { SqlDialect } from '../sql/dialect.ts'
import { selectedColumns, usersJoin } from '../sql/users-join.ts'
import type { Connection } from './driver.ts'
import { isRefusal, reasonIn } from './failure.ts'
import { isUnique, type TableName, type UsersColumn, type UsersColumns } from './users-columns.ts'

export interface UsersTableFacts {
  readonly users: UsersTable
  readonly name: TableName
  readonly columns: UsersColumns
  readonly dialect: SqlDialect
}

/**
 * Compares the option with the catalogue, so that what does not fit shows at start and not at the
 * first log-in.
 * @throws {CloakroomError} `schema_mismatch`
 */
export async function checkUsersTable(
  connection: Connection,
  { users, name, columns, dialect }: UsersTableFacts,
): Promise<void> {
  if (columns.size === 0) throw mismatch(`there is no table ${users.table}`)
  checkColumns(users, columns)
  const id = users.id.column ?? 'id'
  if (!(await isUnique(connection, name, id))) {
    throw mismatch(`${users.table}.${id} has neither a primary key nor a unique index of its own`)
  }
  const plan = await explain(connection, users, dialect)
  if (/"materialize(?:d(?:_from_subquery)?)?"/.test(plan)) {
    throw mismatch(
      `for each verification ${users.table} would be read whole, because users.active holds a subquery, or derived_merge is switched off`,
    )
  }
}

/** How the server reads the users table; in JSON, the one format that all servers know. */
async function explain(
  connection: Connection,
  users: UsersTable,
  dialect: SqlDialect,
): Promise<string> {
  const [table, id] = [dialect.quoteTable(users.table), dialect.quote(users.id.column ?? 'id')]
  const join = `${table} other left join ${usersJoin(users, dialect).derived} u on u.cr_id = other.${id}`
  try {
    const [row] = await connection.rows(`explain format=json select u.cr_active from ${join}`)
    return String(row?.[0])
  } catch (cause) {
    if (!isRefusal(cause)) throw cause
    throw mismatch(`users.active is not a condition on ${users.table}${reasonIn(cause)}`, cause)
  }
}

function checkColumns(users: UsersTable, columns: UsersColumns): void {
  const id = users.id.column ?? 'id'
  const idColumn = columns.get(id.toLowerCase())
  if (idColumn === undefined) throw mismatch(`${users.table} has no column ${id}`)
  checkType(`users.id (${id})`, users.id.type, idColumn)
  for (const { property, column, type, nullable } of selectedColumns(users)) {
    const found = columns.get(column.toLowerCase())
    if (found === undefined) {
      throw mismatch(`users.select.${property}: ${users.table} has no column ${column}`)
    }
    checkType(`users.select.${property}`, type, found)
    if (found.isNullable && nullable !== true) {
      throw mismatch(
        `users.select.${property} may be null in the database: write { ${column === property ? '' : `column: '${column}', `}type: '${type}', nullable: true }`,
      )
    }
  }
}

const integers = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint']
const texts = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set']
const uuidLength = 36

const fits: Readonly<Record<ColumnType, (column: UsersColumn) => boolean>> = {
  text: ({ type }) => texts.includes(type),
  uuid: ({ type, length }) =>
    type === 'uuid' ||
    (type === 'binary' && length === 16) ||
    (texts.includes(type) && length !== null && length >= uuidLength),
  integer: ({ type }) => integers.includes(type),
  bigint: ({ type }) => integers.includes(type),
  real: ({ type }) => [...integers, 'float', 'double', 'decimal'].includes(type),
  boolean: ({ type, declaration }) => integers.includes(type) || declaration === 'bit(1)',
}

function checkType(what: string, type: ColumnType, column: UsersColumn): void {
  if (!fits[type](column)) throw mismatch(`${what} is declared ${column.declaration}, not ${type}`)
}

function mismatch(what: string, cause?: unknown): CloakroomError {
  return new CloakroomError('schema_mismatch', `The users option does not fit: ${what}.`, { cause })
}
