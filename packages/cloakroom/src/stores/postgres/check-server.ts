import { CloakroomError } from '../../errors.ts'
import type { Query } from './connection.ts'
import { quote } from './dialect.ts'
import { unavailable } from './failure.ts'

const oldestVersion = 13

/** Refuses what would fail later, or pass unnoticed. */
export async function checkServer(query: Query): Promise<void> {
  const [row] = await query(facts)
  const [version, encoding, isStandby] = row as [number, string, boolean]
  if (version < oldestVersion) {
    throw mismatch(`PostgreSQL ${version} is too old. Upgrade it to ${oldestVersion} or later.`)
  }
  if (encoding !== 'UTF8') {
    throw mismatch(`The database is encoded in ${encoding}: not every text fits. It must be UTF8.`)
  }
  if (isStandby) throw unavailable('This PostgreSQL is a standby. Connect to the primary.')
}

const facts = `select current_setting('server_version_num')::int4 / 10000,
  current_setting('server_encoding'), pg_is_in_recovery()`

/**
 * The schema of Cloakroom's tables.
 *
 * @param wanted By its name; absent: where there is a table with this name in the search path, or
 * else where it would be made.
 */
export async function findSchema(
  query: Query,
  wanted: string | undefined,
  table: string,
): Promise<string> {
  const [row] =
    wanted === undefined
      ? await query(schemaInPath, [quote(table)])
      : await query('select nspname from pg_catalog.pg_namespace where nspname = $1', [wanted])
  if (typeof row?.[0] === 'string') return row[0]
  throw mismatch(
    wanted === undefined
      ? 'No schema of the search path is there. Pass { schema }.'
      : `There is no schema ${quote(wanted)}. Create it.`,
  )
}

const schemaInPath = `select coalesce((select n.nspname from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1)),
  current_schema())`

function mismatch(message: string): CloakroomError {
  return new CloakroomError('schema_mismatch', message)
}
