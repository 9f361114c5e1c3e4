import type { Value } from './database.ts'

/** Of an `insert`, the part that is the same for all databases. */
export function intoTable(table: string, row: Readonly<Record<string, Value>>): string {
  const columns = Object.keys(row)
  return `into ${table} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')})`
}
