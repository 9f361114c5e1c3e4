import { readFileSync } from 'node:fs'
import type { Migrated } from '../../core/store.ts'
import { CloakroomError } from '../../errors.ts'
import { type CatalogueColumn, readTable } from './catalogue.ts'
import type { Connection, Query } from './connection.ts'
import { quote } from './dialect.ts'
import { isForbidden } from './failure.ts'
import { hasTriggers, pendingTriggers } from './feed/pending-triggers.ts'
import type { FeedTables } from './feed/triggers.ts'
import type { VerifyFunctionSql } from './verify-function.ts'

/** The version of the tables that this code reads and writes. */
export const schemaVersion = 1

export interface SchemaOptions {
  /** The schema, which must be there. Default: the first one of the search path. */
  readonly schema?: string | undefined
  readonly prefix: string
  /** The type of the users' ids, as a column is declared: `bigint`, or `text collate "C"`. */
  readonly userIdType: string
}

/** Where Cloakroom's tables are, and what depends on the application's users. */
export interface Schema {
  readonly schema: string
  readonly prefix: string
  readonly userId: CatalogueColumn
  /** Absent where it is another application's to make. */
  readonly verifyFunction: VerifyFunctionSql | undefined
  /** Absent without a feed: then there are no triggers to make, nor to look for. */
  readonly feed: FeedTables | undefined
}

/** The statements that make the tables, for people with a migration tool of their own. */
export function schemaSql({ schema, prefix, userIdType }: SchemaOptions): string {
  const file = new URL('../../../schema/postgres.sql', import.meta.url)
  const qualified = schema === undefined ? prefix : `${quote(schema)}.${prefix}`
  return readFileSync(file, 'utf8')
    .replaceAll(/\b(table|on|into) cloakroom_/g, `$1 ${qualified}`)
    .replaceAll('cloakroom_', prefix)
    .replaceAll(/^(?!--)(.*)user_id_type/gm, `$1${userIdType}`)
}

/**
 * The statements that bring tables, function and triggers up to date; none if they are. It takes a
 * transaction.
 */
export async function pendingStatements(query: Query, schema: Schema): Promise<string[]> {
  const statements = await pendingTables(query, schema)
  if (schema.feed === undefined) return statements
  return [...statements, ...(await pendingTriggers(query, schema.feed))]
}

async function pendingTables(query: Query, schema: Schema): Promise<string[]> {
  const { prefix, userId, verifyFunction } = schema
  if ((await readTable(query, tableName(schema, 'state'))) === undefined) {
    const tables = schemaSql({ schema: schema.schema, prefix, userIdType: columnType(userId) })
    if (verifyFunction === undefined) return [tables]
    return [tables, verifyFunction.createType, verifyFunction.createFunction]
  }
  await checkTables(query, schema)
  if (verifyFunction === undefined || (await hasFunction(query, schema, verifyFunction))) return []
  return [verifyFunction.createFunction]
}

/** Makes the tables if they are not there. Of several processes at once, one does. */
export async function migrateSchema(connection: Connection, schema: Schema): Promise<Migrated> {
  try {
    return await connection.transact(async (query) => {
      const lock = `migration of ${tableName(schema, 'state')}`
      await query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [lock])
      const from = await readVersion(query, schema)
      for (const statements of await pendingStatements(query, schema)) await query(statements)
      return { from, to: schemaVersion }
    })
  } catch (error) {
    if (schema.feed === undefined || !isForbidden(error)) throw error
    throw mismatch(
      `The role may not make the triggers of the feed. Run: grant trigger on ${schema.feed.users.table} to its name; or migrate as the owner of the tables. PostgreSQL says: ${(error.cause as Error).message}.`,
      error.cause,
    )
  }
}

/** @throws {CloakroomError} `schema_missing`, `schema_newer`, `schema_mismatch` */
export async function checkSchema(query: Query, schema: Schema): Promise<void> {
  await checkTables(query, schema)
  const { verifyFunction, feed } = schema
  if (verifyFunction && !(await hasFunction(query, schema, verifyFunction))) {
    throw mismatch(
      `The function ${tableName(schema, 'verify')} was made for another users option. Migrate again with this one (npx cloakroom migrate --config …), or pass { verifyFunction: false } where it is another application's.`,
    )
  }
  if (feed && !(await hasTriggers(query, feed))) {
    throw mismatch(
      'The triggers of the feed are not there, or are switched off, or were made for another users option. Migrate again with this one and { feed: true } (npx cloakroom migrate --config …).',
    )
  }
}

async function checkTables(query: Query, schema: Schema): Promise<void> {
  const version = await readVersion(query, schema)
  if (version === 0) {
    throw new CloakroomError(
      'schema_missing',
      `The database has no table ${tableName(schema, 'state')}. Run npx cloakroom migrate, call migrate({ store, users }), or pass { migrate: true }.`,
    )
  }
  if (version > schemaVersion) {
    throw new CloakroomError(
      'schema_newer',
      `The tables have version ${version}, this Cloakroom knows ${schemaVersion}. Upgrade it.`,
    )
  }
  await checkUserIds(query, schema)
}

/** 0: there are no tables. */
async function readVersion(query: Query, schema: Schema): Promise<number> {
  const state = tableName(schema, 'state')
  if ((await readTable(query, state)) === undefined) return 0
  const [row] = await query(`select schema_version from ${state}`)
  if (row === undefined) throw mismatch(`${state} has lost its one row.`)
  return row[0] as number
}

/** Of another type or collation, ids would be compared row by row and not by an index, or not at all. */
async function checkUserIds(query: Query, schema: Schema): Promise<void> {
  const expected = columnType(schema.userId)
  for (const [table, columns] of Object.entries(userIdColumns)) {
    const found = await readTable(query, tableName(schema, table))
    for (const name of columns) {
      const column = found?.columns.get(name)
      const declared = column === undefined ? 'not there' : columnType(column)
      if (declared === expected) continue
      throw mismatch(
        `${schema.prefix}${table}.${name} is ${declared}, but the users' ids are ${expected}.`,
      )
    }
  }
}

const userIdColumns: Readonly<Record<string, readonly string[]>> = {
  sessions: ['user_id', 'impersonator_id'],
  user_states: ['user_id'],
}

async function hasFunction(
  query: Query,
  schema: Schema,
  { body }: VerifyFunctionSql,
): Promise<boolean> {
  const name = tableName(schema, 'verify')
  const rows = await query('select prosrc from pg_catalog.pg_proc where oid = to_regproc($1)', [
    name,
  ])
  return rows[0]?.[0] === body
}

/** Qualified and quoted; also of the function. */
export function tableName(
  { schema, prefix }: Pick<Schema, 'schema' | 'prefix'>,
  name: string,
): string {
  return `${quote(schema)}.${quote(prefix + name)}`
}

/** As a column is declared. */
export function columnType({ typeName, collation }: CatalogueColumn): string {
  return collation === null ? typeName : `${typeName} collate ${collation}`
}

function mismatch(message: string, cause?: unknown): CloakroomError {
  return new CloakroomError('schema_mismatch', message, { cause })
}
