import type { Query } from '../connection.ts'
import { quote } from '../dialect.ts'
import type { FeedTables } from './triggers.ts'

/**
 * The columns of the users table that `id`, `active` and `select` read. The server says so, of a view
 * that is made for the question; it takes a transaction. What `active` reads by functions, and in
 * other tables, it does not say.
 */
export async function findUserColumns(
  query: Query,
  { schema, prefix, users }: Pick<FeedTables, 'schema' | 'prefix' | 'users'>,
): Promise<string[]> {
  const view = `${quote(schema)}.${quote(`${prefix}users_columns`)}`
  await query(`create view ${view} as select * from ${users.derived} u`)
  const rows = await query(columnsOfView, [view, users.table])
  await query(`drop view ${view}`)
  return rows.map(([name]) => name as string)
}

// A row as a whole (`is_welcome(users)`) depends on no column in particular: that is all of them.
const columnsOfView = `select a.attname::text
  from pg_catalog.pg_rewrite r
  join pg_catalog.pg_attribute a on a.attrelid = to_regclass($2) and a.attnum > 0
    and not a.attisdropped
  where r.ev_class = to_regclass($1) and (r.ev_action::text ~ ':varattno 0 ' or exists (
    select from pg_catalog.pg_depend d
    where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
    and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = a.attrelid
    and d.refobjsubid = a.attnum))
  order by a.attnum`
