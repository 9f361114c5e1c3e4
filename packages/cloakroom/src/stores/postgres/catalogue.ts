import type { Query } from './connection.ts'

/** What PostgreSQL's catalogue says of a table. */
export interface CatalogueTable {
  /** Qualified and quoted. */
  readonly name: string
  /** `r`: a table, `p`: a partitioned one, `v`: a view (PostgreSQL manual, 52.11 pg_class). */
  readonly kind: string
  readonly columns: ReadonlyMap<string, CatalogueColumn>
}

export interface CatalogueColumn {
  /** Of a domain, the type beneath; `enum` for all of these. */
  readonly type: string
  /** The type as a statement names it, without a length: a cast to that would cut values off. */
  readonly typeName: string
  /** The collation as a statement names it; `null` if it is the type's own. */
  readonly collation: string | null
  /** Whether values are equal only if they are the same, byte by byte. */
  readonly isExact: boolean
  readonly isNotNull: boolean
  /** Whether there is a unique index on it alone, for all rows, that comparisons can use. */
  readonly isUnique: boolean
}

/** @param table A name as a statement has it, quoted; unqualified, it is looked for in the search path. */
export async function readTable(query: Query, table: string): Promise<CatalogueTable | undefined> {
  const rows = await query(columnsOf, [table])
  const [first] = rows as [string, string, ...unknown[]][]
  if (first === undefined) return undefined
  const [name, kind] = first
  const columns = rows.map(
    ([, , column, type, typeName, collation, isExact, isNotNull, isUnique]) => [
      column,
      { type, typeName, collation, isExact, isNotNull, isUnique },
    ],
  )
  return { name, kind, columns: new Map(columns as [string, CatalogueColumn][]) }
}

const columnsOf = `select
    quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind::text, a.attname::text,
    case when t.typtype = 'e' then 'enum' else t.typname::text end,
    case when tn.nspname = 'pg_catalog' then format_type(t.oid, -1)
      else quote_ident(tn.nspname) || '.' || quote_ident(t.typname) end,
    case when a.attcollation <> t.typcollation
      then quote_ident(ln.nspname) || '.' || quote_ident(l.collname) end,
    t.typname <> 'citext' and coalesce(l.collisdeterministic, true), a.attnotnull or d.typnotnull,
    exists (select from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisunique
      and i.indisvalid and i.indpred is null and i.indnkeyatts = 1 and i.indkey[0] = a.attnum
      and i.indcollation[0] = a.attcollation)
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type d on d.oid = a.atttypid
  join pg_catalog.pg_type t on t.oid = case d.typtype when 'd' then d.typbasetype else d.oid end
  join pg_catalog.pg_namespace tn on tn.oid = t.typnamespace
  left join pg_catalog.pg_collation l on l.oid = a.attcollation
  left join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace
  where c.oid = to_regclass($1) order by a.attnum`
