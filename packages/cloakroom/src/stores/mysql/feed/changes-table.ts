import { quoteTable } from '../dialect.ts'
import type { LocatedSchema } from '../schema.ts'
import { userIdColumn } from '../user-id-column.ts'

/** The table's name, as statements write it. */
export function changesTable({ prefix, database }: LocatedSchema): string {
  return quoteTable({ schema: database, table: `${prefix}changes` })
}

export function createChangesTable(schema: LocatedSchema): string {
  return `create table if not exists ${changesTable(schema)} (
  id         binary(36) not null primary key, -- uuid(): none comes twice, whatever the server's clock does
  session_id binary(16),                           -- whose session, or all of which user's;
  user_id    ${userIdColumn(schema.userIdType).type} -- both null: everybody's
) engine = innodb character set utf8mb4 collate utf8mb4_bin`
}

/** Tells everybody, when it is committed. */
export function tellEverybody(schema: LocatedSchema): string {
  return `insert into ${changesTable(schema)} (id) values (uuid())`
}
