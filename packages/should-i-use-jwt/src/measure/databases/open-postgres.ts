import { type PgPool, postgres } from 'cloakroom/postgres'
import type { Database, DatabasePlace, OpenOptions } from './database.ts'
import { importDriver } from './import-driver.ts'

interface Query {
  readonly name?: string
  readonly text: string
  readonly values?: readonly unknown[]
}

interface Client {
  query(...given: unknown[]): unknown
}

interface Pool {
  query(query: Query): Promise<{ rows: Record<string, unknown>[] }>
  on(event: 'error', listener: () => void): unknown
  end(): Promise<void>
}

interface Pg {
  readonly Client: new (...given: never[]) => Client
  readonly Pool: new (options: object) => Pool
}

/** As many connections as the driver's own default. */
const connections = 10

/** Soon, for else the contenders, of which one is measured at a time, would fill the server together. */
const idleTimeoutMillis = 2000

export async function openPostgres(
  { location, schema }: DatabasePlace,
  { isCounting }: OpenOptions,
): Promise<Database> {
  const { Client, Pool } = await importDriver<Pg>('PostgreSQL', ['pg'])
  let sent = 0

  class CountingClient extends Client {
    override query(...given: unknown[]): unknown {
      sent += 1
      return super.query(...given)
    }
  }

  const pool = new Pool({
    connectionString: location,
    max: connections,
    idleTimeoutMillis,
    connectionTimeoutMillis: 10_000,
    ...(isCounting && { Client: CountingClient }),
  })
  // A connection lost while nobody uses it is no reason to crash: who needs one is told.
  pool.on('error', () => {})
  const statements = new Map<string, Pick<Query, 'name' | 'text'>>()

  function prepare(sql: string): Pick<Query, 'name' | 'text'> {
    const known = statements.get(sql)
    if (known !== undefined) return known
    let parameters = 0
    const text = sql.replaceAll('?', () => {
      parameters += 1
      return `$${parameters}`
    })
    const statement = { name: `measure_${statements.size}`, text }
    statements.set(sql, statement)
    return statement
  }

  return {
    async query(sql, values = []) {
      const { rows } = await pool.query({ ...prepare(sql), values })
      return rows
    },
    table: (name) => `${schema}.${name}`,
    store: (feed) => postgres(pool as unknown as PgPool, { schema, migrate: true, feed }),
    statements: () => sent,
    close: () => pool.end(),
  }
}
