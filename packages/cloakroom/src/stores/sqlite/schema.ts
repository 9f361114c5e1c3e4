import { readFileSync } from 'node:fs'
import type { Migrated } from '../../core/store.ts'
import type { UserIdType } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import type { Connection } from './handle.ts'
import type { Lock } from './lock.ts'

/** The version of the tables that this code reads and writes. */
export const schemaVersion = 1

export interface SchemaOptions {
  readonly prefix: string
  readonly userIdType: UserIdType
}

/** The statements that make the tables, for people with a migration tool of their own. */
export function schemaSql({ prefix, userIdType }: SchemaOptions): string {
  const file = new URL('../../../schema/sqlite.sql', import.meta.url)
  return readFileSync(file, 'utf8')
    .replaceAll('cloakroom_', prefix)
    .replaceAll(/^(?!--)(.*)user_id_type/gm, `$1${columnType(userIdType)}`)
}

/** The statements that bring the tables up to date; none if they are. */
export function pendingStatements(connection: Connection, options: SchemaOptions): string[] {
  if (!hasTable(connection, `${options.prefix}state`)) return [schemaSql(options)]
  checkSchema(connection, options)
  return []
}

/** Makes the tables if they are not there. Of several processes at once, one does. */
export async function migrateSchema(
  connection: Connection,
  lock: Lock,
  options: SchemaOptions,
): Promise<Migrated> {
  return lock.write(() => {
    const pending = pendingStatements(connection, options)
    for (const statement of pending) connection.exec(statement)
    return { from: pending.length === 0 ? schemaVersion : 0, to: schemaVersion }
  })
}

/** @throws {CloakroomError} `schema_missing`, `schema_newer`, `schema_mismatch` */
export function checkSchema(connection: Connection, { prefix, userIdType }: SchemaOptions): void {
  if (!hasTable(connection, `${prefix}state`)) {
    throw new CloakroomError(
      'schema_missing',
      `The database has no table ${prefix}state. Run npx cloakroom migrate, call migrate({ store, users }), or pass { migrate: true }.`,
    )
  }
  const [version] = connection.prepare(`select schema_version from ${prefix}state`).get() ?? []
  if (version === undefined) {
    throw new CloakroomError('schema_mismatch', `${prefix}state has lost its one row.`)
  }
  if (Number(version) > schemaVersion) {
    throw new CloakroomError(
      'schema_newer',
      `The tables have version ${version}, this Cloakroom knows ${schemaVersion}. Upgrade it.`,
    )
  }
  const [type] =
    connection
      .prepare(`select type from pragma_table_info(?) where name = 'user_id'`)
      .get(`${prefix}sessions`) ?? []
  if (String(type).toLowerCase() !== columnType(userIdType)) {
    throw new CloakroomError(
      'schema_mismatch',
      `${prefix}sessions.user_id is ${type}, but users.id.type is ${userIdType}.`,
    )
  }
}

function hasTable(connection: Connection, name: string): boolean {
  const sql = `select 1 from sqlite_schema where type = 'table' and name = ?`
  return connection.prepare(sql).get(name) !== undefined
}

function columnType(type: UserIdType): 'text' | 'integer' {
  return type === 'integer' || type === 'bigint' ? 'integer' : 'text'
}
