import { type MysqlPool, mysql } from 'cloakroom/mysql'
import type { Database, DatabasePlace, OpenOptions } from './database.ts'
import { importDriver } from './import-driver.ts'

type Callback = (error: Error | null, rows: Record<string, unknown>[]) => void

interface Connection {
  execute(...given: unknown[]): unknown
  query(...given: unknown[]): unknown
}

interface Pool {
  execute(sql: string, values: readonly unknown[], callback: Callback): void
  on(event: 'connection', listener: (connection: Connection) => void): unknown
  end(callback: (error?: Error | null) => void): void
}

interface Mysql2 {
  createPool(options: object): Pool
}

/** As many connections as the driver's own default. */
const connections = 10

/** Soon, for else the contenders, of which one is measured at a time, would fill the server together. */
const idleTimeout = 2000

export async function openMysql(
  { location, schema }: DatabasePlace,
  { isCounting }: OpenOptions,
): Promise<Database> {
  const { createPool } = await importDriver<Mysql2>('MySQL', ['mysql2'])
  const pool = createPool({
    ...{ uri: location, connectionLimit: connections, connectTimeout: 10_000 },
    // The driver closes what idles only above this number.
    ...{ idleTimeout, maxIdle: 1 },
  })
  let sent = 0
  if (isCounting) {
    pool.on('connection', (connection) => {
      for (const verb of ['execute', 'query'] as const) {
        const send = connection[verb].bind(connection)
        connection[verb] = (...given) => {
          sent += 1
          return send(...given)
        }
      }
    })
  }
  return {
    query: (sql, values = []) =>
      new Promise((resolve, reject) => {
        pool.execute(sql, values, (error, rows) => (error ? reject(error) : resolve(rows)))
      }),
    table: (name) => `${schema}.${name}`,
    store: (feed) => mysql(pool as unknown as MysqlPool, { database: schema, migrate: true, feed }),
    statements: () => sent,
    close: () =>
      new Promise((resolve, reject) => {
        pool.end((error) => (error ? reject(error) : resolve()))
      }),
  }
}
