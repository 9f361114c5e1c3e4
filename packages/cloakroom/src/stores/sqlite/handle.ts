/** Values that both drivers take and give. */
export type Value = string | number | bigint | Uint8Array | null
export type Row = readonly Value[]

/** The part of `DatabaseSync` of `node:sqlite` that is used. */
export interface NodeSqliteHandle {
  readonly isTransaction: boolean
  exec(sql: string): unknown
  prepare(sql: string): {
    setReturnArrays(enabled: boolean): void
    setReadBigInts(enabled: boolean): void
    get(...values: never[]): unknown
    all(...values: never[]): unknown[]
    run(...values: never[]): { changes: number | bigint }
  }
}

/** The part of `Database` of `better-sqlite3` that is used. */
export interface BetterSqliteHandle {
  readonly inTransaction: boolean
  exec(sql: string): unknown
  prepare(sql: string): {
    readonly reader: boolean
    raw(): unknown
    safeIntegers(enabled: boolean): unknown
    get(...values: never[]): unknown
    all(...values: never[]): unknown[]
    run(...values: never[]): { changes: number | bigint }
  }
}

export type SqliteHandle = NodeSqliteHandle | BetterSqliteHandle

/** A prepared statement that gives rows as arrays: names of columns cannot clash, and it is faster. */
export interface Statement {
  get(...values: Value[]): Row | undefined
  all(...values: Value[]): Row[]
  /** Returns how many rows changed. */
  run(...values: Value[]): number
}

/** What the two drivers have in common. */
export interface Connection {
  readonly inTransaction: () => boolean
  exec(sql: string): void
  prepare(sql: string): Statement
}

/** @throws {TypeError} for what is neither driver's handle */
export function connect(handle: SqliteHandle): Connection {
  if (typeof handle?.prepare !== 'function' || typeof handle.exec !== 'function') {
    throw new TypeError(
      'sqlite() takes an open DatabaseSync of node:sqlite, or a Database of better-sqlite3 13',
    )
  }
  return 'isTransaction' in handle ? connectNode(handle) : connectBetter(handle)
}

function connectNode(handle: NodeSqliteHandle): Connection {
  return {
    inTransaction: () => handle.isTransaction,
    exec: (sql) => void handle.exec(sql),
    prepare(sql) {
      const statement = handle.prepare(sql)
      statement.setReturnArrays(true)
      // Whatever the application chose for its own statements on this handle.
      statement.setReadBigInts(false)
      return toStatement(statement)
    },
  }
}

function connectBetter(handle: BetterSqliteHandle): Connection {
  return {
    inTransaction: () => handle.inTransaction,
    exec: (sql) => void handle.exec(sql),
    prepare(sql) {
      const statement = handle.prepare(sql)
      if (statement.reader) {
        statement.raw()
        statement.safeIntegers(false)
      }
      return toStatement(statement)
    },
  }
}

function toStatement(driver: {
  get(...values: never[]): unknown
  all(...values: never[]): unknown[]
  run(...values: never[]): { changes: number | bigint }
}): Statement {
  const { get, all, run } = driver as unknown as {
    get(...values: Value[]): Row | undefined
    all(...values: Value[]): Row[]
    run(...values: Value[]): { changes: number | bigint }
  }
  return {
    get: (...values) => get.apply(driver, values),
    all: (...values) => all.apply(driver, values),
    run: (...values) => Number(run.apply(driver, values).changes),
  }
}
