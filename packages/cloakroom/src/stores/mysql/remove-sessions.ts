import type { SqlRow } from '../sql/dialect.ts'
import { batches } from './batches.ts'
import type { StoreContext } from './context.ts'
import type { Connection } from './driver.ts'

/** Deletes sessions, in a transaction, and returns the ids of those that were still there. */
export async function removeSessions(
  { sql }: Pick<StoreContext, 'sql'>,
  connection: Connection,
  ids: readonly Uint8Array[],
): Promise<Uint8Array[]> {
  const removed: Uint8Array[] = []
  for (const batch of batches(ids)) {
    // MySQL does not say which rows it deletes, so they are locked first.
    removed.push(...readIds(await connection.rows(sql.lock(batch.length), batch)))
    await connection.run(sql.remove(batch.length), batch)
  }
  return removed
}

export function readIds(rows: readonly SqlRow[]): Uint8Array[] {
  return rows.map(([id]) => id as Uint8Array)
}
