import type { SqlRow } from '../sql/dialect.ts'
import type { StoreContext } from './context.ts'
import { pageSize } from './statements.ts'

/**
 * The whole table in order of the primary key. The rows of a page: an id, and 1 if something is to
 * be done with that session.
 */
export async function* readPages(
  { database, guard }: StoreContext,
  sql: string,
): AsyncGenerator<SqlRow[]> {
  let last: unknown = Buffer.alloc(0)
  for (;;) {
    const page = await database.read({ sql, values: [last], guard })
    yield page
    if (page.length < pageSize) return
    last = page.at(-1)?.[0]
  }
}

/** The ids of those with which something is to be done. */
export function readMarked(page: readonly SqlRow[]): Uint8Array[] {
  return page.filter(([, mark]) => mark === 1).map(([id]) => id as Uint8Array)
}
