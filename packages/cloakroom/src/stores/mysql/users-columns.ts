import type { SqlValue } from '../sql/dialect.ts'
import type { Connection } from './driver.ts'

/** A column of the application's users table, as the catalogue has it. */
export interface UsersColumn {
  /** Without length and sign, such as `bigint`. */
  readonly type: string
  /** As it was declared, such as `bigint(20) unsigned`. */
  readonly declaration: string
  /** In characters; null for what is no text. */
  readonly length: number | null
  readonly isNullable: boolean
  /** Null for what is no text. */
  readonly charset: string | null
  readonly collation: string | null
}

/** By name in lower case: to MySQL they are all the same. */
export type UsersColumns = ReadonlyMap<string, UsersColumn>

export interface TableName {
  readonly schema: string
  readonly table: string
}

/** Empty if there is no such table. */
export async function readUsersColumns(
  connection: Connection,
  { schema, table }: TableName,
): Promise<UsersColumns> {
  const rows = await connection.rows(
    `select column_name, data_type, column_type, character_maximum_length, is_nullable,
      character_set_name, collation_name
      from information_schema.columns where table_schema = ? and table_name = ?`,
    [schema, table],
  )
  return new Map(
    rows.map(([name, type, declaration, length, isNullable, charset, collation]) => [
      String(name).toLowerCase(),
      {
        type: String(type).toLowerCase(),
        declaration: String(declaration),
        length: length === null ? null : Number(length),
        isNullable: isNullable === 'YES',
        charset: toName(charset),
        collation: toName(collation),
      },
    ]),
  )
}

/** Whether no two rows can have the same value in the column. */
export async function isUnique(
  connection: Connection,
  { schema, table }: TableName,
  column: string,
): Promise<boolean> {
  // Of an index over a prefix only, `sub_part` is the length.
  const rows = await connection.rows(
    `select index_name from information_schema.statistics
      where table_schema = ? and table_name = ? and non_unique = 0
      group by index_name
      having count(*) = 1 and max(lower(column_name)) = ? and max(sub_part) is null`,
    [schema, table, column.toLowerCase()],
  )
  return rows.length > 0
}

function toName(value: SqlValue): string | null {
  return value === null ? null : String(value)
}
