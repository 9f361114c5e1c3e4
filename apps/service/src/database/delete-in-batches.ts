import type { Database, Value } from './database.ts'

/** Rows in one transaction: few enough not to keep others waiting. */
const batch = 500

/**
 * Deletes the rows of `table` for which `condition` holds, and returns how many that were. A row for
 * which it ceases to hold meanwhile stays.
 */
export async function deleteInBatches(
  database: Database,
  { table, key, condition }: { table: string; key: string; condition: string },
  ...values: Value[]
): Promise<number> {
  const find = `select ${key} as id from ${table} where ${condition} order by ${key} limit ${batch}`
  const places = new Array(batch).fill('?').join(', ')
  const remove = `delete from ${table} where ${key} in (${places}) and ${condition}`
  let total = 0
  for (;;) {
    const rows = await database.all<{ id: Value }>(find, ...values)
    const last = rows.at(-1)
    if (last === undefined) return total
    // Always as many, so that it is always the same statement.
    const ids = Array.from({ length: batch }, (_, index) => (rows[index] ?? last).id)
    total += await database.run(remove, ...ids, ...values)
    if (rows.length < batch) return total
  }
}
