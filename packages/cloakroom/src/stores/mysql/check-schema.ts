import { CloakroomError } from '../../errors.ts'
import { quoteTable } from './dialect.ts'
import type { Connection } from './driver.ts'
import { isRefusal, reasonIn } from './failure.ts'
import { type LocatedSchema, schemaVersion } from './schema.ts'
import { userIdColumn } from './user-id-column.ts'

/** @throws {CloakroomError} `schema_missing`, `schema_newer`, `schema_mismatch` */
export async function checkSchema(connection: Connection, schema: LocatedSchema): Promise<void> {
  const engines = await readEngines(connection, schema)
  for (const [name, engine] of engines) {
    if (engine === undefined) throw missing(name)
    if (engine !== 'InnoDB') throw mismatch(`${name} has no transactions: its engine is ${engine}`)
  }
  const state = `${schema.prefix}state`
  const [row] = await connection.rows(`select schema_version from ${locate(schema, 'state')}`)
  if (row === undefined) throw mismatch(`${state} has lost its one row`)
  const version = Number(row[0])
  if (version > schemaVersion) {
    throw new CloakroomError(
      'schema_newer',
      `The tables have version ${version}, this Cloakroom knows ${schemaVersion}. Upgrade it.`,
    )
  }
  await checkUserIdColumn(connection, schema)
  try {
    // Changes nothing, but would need all that a change does.
    await connection.run(`update ${locate(schema, 'state')} set epoch = epoch where one = 0`)
  } catch (cause) {
    if (!isRefusal(cause)) throw cause
    throw mismatch(`${state} cannot be written${reasonIn(cause)}`, cause)
  }
}

/**
 * Whether there is nothing to make: all tables, and not just those of a migration that was
 * interrupted before the last statement.
 */
export async function isMade(connection: Connection, schema: LocatedSchema): Promise<boolean> {
  const engines = await readEngines(connection, schema)
  if ([...engines.values()].includes(undefined)) return false
  // Without the one row, tables that were used have lost it, and shall not get another.
  for (const name of ['state', 'user_states', 'sessions']) {
    const rows = await connection.rows(`select 1 from ${locate(schema, name)} limit 1`)
    if (rows.length > 0) return true
  }
  return false
}

/** Engines by the names of our tables; undefined for those that are not there. */
async function readEngines(
  connection: Connection,
  { prefix, database }: LocatedSchema,
): Promise<Map<string, string | undefined>> {
  const names = ['state', 'sessions', 'user_states', 'signing_keys'].map(
    (name) => `${prefix}${name}`,
  )
  const engines = new Map<string, string | undefined>()
  for (const name of names) {
    const [row] = await connection.rows(
      'select engine from information_schema.tables where table_schema = ? and table_name = ?',
      [database, name],
    )
    engines.set(name, row && String(row[0]))
  }
  return engines
}

async function checkUserIdColumn(
  connection: Connection,
  { prefix, database, userIdType }: LocatedSchema,
): Promise<void> {
  const [row] = await connection.rows(
    `select column_type from information_schema.columns
      where table_schema = ? and table_name = ? and column_name = 'user_id'`,
    [database, `${prefix}sessions`],
  )
  // MariaDB adds how wide it would show the number.
  const type = String(row?.[0]).replace(/^bigint\(\d+\)/, 'bigint')
  if (type === userIdColumn(userIdType).type) return
  throw mismatch(`${prefix}sessions.user_id is ${type}, but users.id.type is ${userIdType}`)
}

function locate({ prefix, database }: LocatedSchema, name: string): string {
  return quoteTable({ schema: database, table: `${prefix}${name}` })
}

function missing(table: string): CloakroomError {
  return new CloakroomError(
    'schema_missing',
    `The database has no table ${table}. Run npx cloakroom migrate, call migrate({ store, users }), or pass { migrate: true }.`,
  )
}

function mismatch(what: string, cause?: unknown): CloakroomError {
  return new CloakroomError('schema_mismatch', `${what}.`, { cause })
}
