import type { SqlRow, SqlValue } from '../sql/dialect.ts'

/** The part of a pooled connection of `mysql2` that is used. */
export interface MysqlConnection {
  execute(
    options: MysqlStatement,
    values: never[],
    callback: (error: Error | null, result: unknown) => void,
  ): unknown
  query(sql: string, callback: (error: Error | null, result: unknown) => void): unknown
  release(): void
  destroy(): void
  readonly stream?: { destroy(): unknown }
}

export interface MysqlStatement {
  sql: string
  rowsAsArray: boolean
  nestTables: boolean
  namedPlaceholders: boolean
  typeCast: (field: { type: string }, next: () => unknown) => unknown
}

/** The part of a pool of `mysql2` that is used. */
export interface MysqlCallbackPool {
  getConnection(callback: (error: Error | null, connection: MysqlConnection) => void): void
}

/** The part of a pool of `mysql2/promise` that is used: the other kind of pool, which it wraps. */
export interface MysqlPromisePool {
  readonly pool: MysqlCallbackPool
}

export type MysqlPool = MysqlCallbackPool | MysqlPromisePool

export interface Connection {
  /** A prepared statement that reads. Rows are arrays, whatever the pool is set to. */
  rows(sql: string, values?: readonly SqlValue[]): Promise<SqlRow[]>
  /** A prepared statement that writes. */
  run(sql: string, values?: readonly SqlValue[]): Promise<Written>
  /** What the server does not prepare: the bounds of transactions. */
  command(sql: string): Promise<void>
  release(): void
  destroy(): void
}

export interface Written {
  readonly affectedRows: number
  /** The flags that MySQL's protocol ends a statement with. */
  readonly serverStatus: number
}

/** @throws {TypeError} for what is no pool of `mysql2` */
export function toCallbackPool(pool: MysqlPool): MysqlCallbackPool {
  const isObject = typeof pool === 'object' && pool !== null
  const inner = isObject && 'pool' in pool ? pool.pool : pool
  if (!isObject || typeof (inner as MysqlCallbackPool | null)?.getConnection !== 'function') {
    throw new TypeError('mysql() takes a pool: what createPool() of mysql2 or mysql2/promise gives')
  }
  if ('of' in inner) {
    throw new TypeError('mysql() takes a pool of one server, the primary, and no pool cluster')
  }
  return inner as MysqlCallbackPool
}

export function acquire(pool: MysqlCallbackPool): Promise<Connection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(error)
      else resolve(toConnection(connection))
    })
  })
}

function toConnection(connection: MysqlConnection): Connection {
  function execute(sql: string, values: readonly SqlValue[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      connection.execute(toStatement(sql), [...values] as never[], (error, result) => {
        if (error) reject(error)
        else resolve(result)
      })
    })
  }
  return {
    rows: (sql, values) => execute(sql, values) as Promise<SqlRow[]>,
    run: (sql, values) => execute(sql, values) as Promise<Written>,
    command: (sql) =>
      new Promise((resolve, reject) => {
        connection.query(sql, (error) => (error ? reject(error) : resolve()))
      }),
    release: () => connection.release(),
    destroy() {
      connection.destroy()
      // The driver only says goodbye, and a server that does not answer would keep the socket.
      connection.stream?.destroy()
    },
  }
}

// Everything that a pool can be told to do with rows for the application's own statements.
function toStatement(sql: string): MysqlStatement {
  return { sql, rowsAsArray: true, nestTables: false, namedPlaceholders: false, typeCast }
}

const numbers: ReadonlySet<string> = new Set(['LONGLONG', 'DECIMAL', 'NEWDECIMAL'])

/** Numbers arrive as numbers. What may be beyond 2^53 is selected as text, and is none. */
function typeCast({ type }: { type: string }, next: () => unknown): unknown {
  const value = next()
  return value !== null && numbers.has(type) ? Number(value) : value
}
