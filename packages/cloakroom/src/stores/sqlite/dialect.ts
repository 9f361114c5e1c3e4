import type { SqlDialect } from '../sql/dialect.ts'

export const sqliteDialect: SqlDialect = {
  quote,
  quoteTable(name) {
    const { schema, table } = splitTable(name)
    return `${quote(schema)}.${quote(table)}`
  },
  // Both drivers would round, or refuse, an integer beyond 2^53.
  select: (expression, type) => (type === 'bigint' ? `cast(${expression} as text)` : expression),
  time: (column) => column,
  sameUser: (userColumn, column) => `${userColumn} collate binary = ${column}`,
  bindUserId: (id, type) => (type === 'bigint' ? BigInt(id) : id),
  readId: (value) => value as Uint8Array,
}

export function splitTable(name: string): { schema: string; table: string } {
  const [first = '', second] = name.split('.')
  return second === undefined ? { schema: 'main', table: first } : { schema: first, table: second }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
