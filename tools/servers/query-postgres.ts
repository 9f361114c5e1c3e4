import { Client } from 'pg'

/** Runs statements on a connection of their own; the rows are those of the last. */
export async function queryPostgres<Row>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query(sql)
    return rows as Row[]
  } finally {
    await client.end()
  }
}
