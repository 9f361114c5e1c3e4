import type { ColumnType, UsersTable } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import { selectedColumns, usersJoin } from '../sql/users-join.ts'
import { type CatalogueColumn, type CatalogueTable, readTable } from './catalogue.ts'
import type { Query } from './connection.ts'
import { postgresDialect, quote } from './dialect.ts'
import { isMisfit } from './failure.ts'

/** The application's users table, as far as it is needed. */
export interface CheckedUsersTable {
  /** Qualified and quoted. */
  readonly name: string
  readonly id: CatalogueColumn
}

/**
 * Compares the option with the catalogue, so that what does not fit shows at start and not at the
 * first log-in.
 * @throws {CloakroomError} `schema_mismatch`, `store_unavailable`
 */
export async function checkUsersTable(query: Query, users: UsersTable): Promise<CheckedUsersTable> {
  const table = await readTable(query, users.table.split('.').map(quote).join('.'))
  if (table === undefined) {
    throw mismatch(
      `there is no table ${users.table}, or not in the search path: say schema.table. Capitals count`,
    )
  }
  if (!['r', 'p'].includes(table.kind)) {
    throw mismatch(`${users.table} is no table but a view or the like. Name the table beneath`)
  }
  const id = checkId(table, users)
  checkSelected(table, users)
  await checkActive(query, table, users)
  return { name: table.name, id }
}

function checkId({ columns }: CatalogueTable, { table, id }: UsersTable): CatalogueColumn {
  const { column = 'id', type } = id
  const found = columns.get(column)
  if (found === undefined) throw mismatch(`${table} has no column ${column}`)
  if (!idTypes[type].includes(found.type)) {
    throw mismatch(`users.id (${column}) is declared ${found.typeName}, not ${type}`)
  }
  if (!found.isExact) {
    throw mismatch(
      `${table}.${column} takes different ids for the same one (citext, or its collation). They must be compared byte by byte`,
    )
  }
  if (!found.isUnique) {
    throw mismatch(`${table}.${column} has neither a primary key nor a unique index of its own`)
  }
  return found
}

function checkSelected({ columns }: CatalogueTable, users: UsersTable): void {
  for (const { property, column, type, nullable } of selectedColumns(users)) {
    const found = columns.get(column)
    if (found === undefined) {
      throw mismatch(`users.select.${property}: ${users.table} has no column ${column}`)
    }
    if (!selectedTypes[type].includes(found.type)) {
      throw mismatch(`users.select.${property} is declared ${found.typeName}, not ${type}`)
    }
    if (!found.isNotNull && nullable !== true) {
      const named = column === property ? '' : `column: '${column}', `
      throw mismatch(
        `users.select.${property} may be null in the database: write { ${named}type: '${type}', nullable: true }`,
      )
    }
  }
}

async function checkActive(query: Query, table: CatalogueTable, users: UsersTable): Promise<void> {
  try {
    const { derived } = usersJoin(users, postgresDialect(table.name))
    await query(`select cr_active from ${derived} u limit 0`)
  } catch (error) {
    if (!isMisfit(error)) throw error
    const { cause } = error
    const why = (cause as Error).message
    throw mismatch(`users.active is not a condition on ${users.table}: ${why}`, cause)
  }
}

const text = ['text', 'varchar', 'bpchar']
const integer = ['int2', 'int4', 'int8']

const idTypes: Readonly<Record<UsersTable['id']['type'], readonly string[]>> = {
  text: [...text, 'citext'],
  uuid: ['uuid', ...text],
  integer,
  bigint: integer,
}

const selectedTypes: Readonly<Record<ColumnType, readonly string[]>> = {
  ...idTypes,
  text: [...idTypes.text, 'name', 'enum'],
  real: ['float4', 'float8', 'numeric', ...integer],
  boolean: ['bool'],
}

function mismatch(what: string, cause?: unknown): CloakroomError {
  return new CloakroomError('schema_mismatch', `The users option does not fit: ${what}.`, { cause })
}
