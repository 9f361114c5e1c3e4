import type { Query } from '../connection.ts'
import { findUserColumns } from './find-columns.ts'
import { triggerStatements } from './trigger-statements.ts'
import { type FeedTables, feedTriggers } from './triggers.ts'

/** Whether all triggers are there, switched on, and made for this users option. */
export async function hasTriggers(query: Query, tables: FeedTables): Promise<boolean> {
  const wanted = feedTriggers(tables).map(({ name, table, calls }) => {
    return { name, table, function: calls.name, body: calls.body }
  })
  const missing = await query(missingTriggers, [JSON.stringify(wanted)])
  return missing.length === 0
}

/** The statements that make them so; none if they are. It takes a transaction. */
export async function pendingTriggers(query: Query, tables: FeedTables): Promise<string[]> {
  if (await hasTriggers(query, tables)) return []
  const triggers = feedTriggers(tables)
  const functions = JSON.stringify(triggers.map(({ calls }) => calls.name))
  const places = JSON.stringify(triggers.map(({ table }) => table))
  const drops = await query(dropStrays, [functions, places])
  const columns = await findUserColumns(query, tables)
  return [...drops.map(([drop]) => drop as string), ...triggerStatements(triggers, columns)]
}

const missingTriggers = `select name
  from json_to_recordset($1) as wanted ("name" text, "table" text, "function" text, body text)
  where not exists (select from pg_catalog.pg_trigger t
    join pg_catalog.pg_proc p on p.oid = t.tgfoid
    where t.tgrelid = to_regclass(wanted."table") and t.tgname = wanted.name
    and t.tgenabled in ('O', 'A')
    and p.oid = to_regproc(wanted."function") and p.prosrc = wanted.body)`

// Of another users table, which was in the option before. Those of partitions are their parent's.
const dropStrays = `select format('drop trigger %I on %I.%I', t.tgname, n.nspname, c.relname)
  from pg_catalog.pg_trigger t
  join pg_catalog.pg_class c on c.oid = t.tgrelid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where t.tgfoid in (select to_regproc(f)::oid from json_array_elements_text($1) f)
  and c.oid not in (select to_regclass(place)::oid from json_array_elements_text($2) place
    where to_regclass(place) is not null)
  and t.tgparentid = 0 and not t.tgisinternal`
