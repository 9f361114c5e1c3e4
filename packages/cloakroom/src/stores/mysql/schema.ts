import { readFileSync } from 'node:fs'
import type { UserIdType } from '../../core/user.ts'
import { userIdColumn } from './user-id-column.ts'

/** The version of the tables that this code reads and writes. */
export const schemaVersion = 1

export interface SchemaOptions {
  readonly prefix: string
  readonly userIdType: UserIdType
  /** The database that the tables are in. Default: that of the connection. */
  readonly database?: string | undefined
}

export interface LocatedSchema extends SchemaOptions {
  readonly database: string
}

/** The statements that make the tables, for people with a migration tool of their own. */
export function schemaSql({ prefix, userIdType, database }: SchemaOptions): string {
  const file = new URL('../../../schema/mysql.sql', import.meta.url)
  const start = database === undefined ? prefix : `\`${database.replaceAll('`', '``')}\`.${prefix}`
  return readFileSync(file, 'utf8')
    .replaceAll('cloakroom_', () => start)
    .replaceAll(/^(?!--)(.*)user_id_type/gm, `$1${userIdColumn(userIdType).type}`)
}

/** The same, one by one. */
export function schemaStatements(options: SchemaOptions): string[] {
  const statements = schemaSql(options).split(/;\n/)
  return statements.map((statement) => statement.trim()).filter((statement) => statement !== '')
}
