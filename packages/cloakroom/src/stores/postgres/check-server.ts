import { CloakroomError } from '../../errors.ts'
import type { Query } from './connection.ts'
import { unavailable } from './failure.ts'

const oldestVersion = 13

/**
 * Refuses what would fail later, or pass unnoticed.
 *
 * @param table A name, quoted, that is looked for in the search path.
 * @returns The schema where that table is, or else would be made; `null`: nowhere.
 */
export async function checkServer(query: Query, table: string): Promise<string | null> {
  const [row] = await query(facts, [table])
  const [version, encoding, isStandby, schema] = row as [number, string, boolean, string | null]
  if (version < oldestVersion) {
    throw mismatch(`PostgreSQL ${version} is too old. Upgrade it to ${oldestVersion} or later.`)
  }
  if (encoding !== 'UTF8') {
    throw mismatch(`The database is encoded in ${encoding}: not every text fits. It must be UTF8.`)
  }
  if (isStandby) throw unavailable('This PostgreSQL is a standby. Connect to the primary.')
  return schema
}

const facts = `select current_setting('server_version_num')::int4 / 10000,
  current_setting('server_encoding'), pg_is_in_recovery(),
  coalesce((select n.nspname from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)),
    current_schema())::text`

function mismatch(message: string): CloakroomError {
  return new CloakroomError('schema_mismatch', message)
}
