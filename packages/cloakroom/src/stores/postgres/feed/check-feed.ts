import { CloakroomError } from '../../../errors.ts'
import type { Query } from '../connection.ts'

/**
 * Refuses what the triggers could not do, or would not hear.
 * @throws {CloakroomError} `schema_mismatch`
 */
export async function checkFeed(query: Query, usersTable: string): Promise<void> {
  const [row] = await query(facts, [usersTable])
  const [isOld, heir] = row as [boolean, string | null]
  if (isOld) throw mismatch('The feed needs PostgreSQL 14 or later')
  if (heir !== null) {
    throw mismatch(
      `The feed does not hear of changes to ${heir}, which inherits from ${usersTable}. Make it a partition, or do without the feed`,
    )
  }
}

const facts = `select current_setting('server_version_num')::int4 < 140000,
  (select min(i.inhrelid::regclass::text) from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhparent
    where c.oid = to_regclass($1) and c.relkind = 'r')`

function mismatch(message: string): CloakroomError {
  return new CloakroomError('schema_mismatch', `${message}.`)
}
