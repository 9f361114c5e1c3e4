import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from 'cloakroom'

/** A prepared statement. `Row` is what the author of the SQL says that it returns. */
export interface Statement<Row> {
  get(...values: SQLInputValue[]): Row | undefined
  all(...values: SQLInputValue[]): Row[]
  /** Returns how many rows changed. */
  run(...values: SQLInputValue[]): number
}

/** The service's own connection to the one file that also holds the sessions. */
export interface Database {
  prepare<Row = never>(sql: string): Statement<Row>
  exec(sql: string): void
  /**
   * A transaction: all of `work` or nothing. `work` must not await. While another connection holds
   * the lock it is waited for without blocking the event loop.
   * @throws {CloakroomError} `store_unavailable`
   */
  write<Result>(work: () => Result): Promise<Result>
  close(): void
}

/** SQLite sleeps for this long over a lock, and the whole process with it. */
const busyTimeoutMs = 5
const lockTimeoutMs = 5000

/**
 * A connection with what every connection to the file needs. The folder and the file are made if
 * they are absent, for this user of the machine alone: they hold password hashes and addresses.
 */
export function connect(path: string): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  createFile(path)
  const handle = new DatabaseSync(path, { enableForeignKeyConstraints: true })
  handle.exec(`pragma busy_timeout = ${lockTimeoutMs}; pragma journal_mode = wal`)
  handle.exec(`pragma synchronous = full; pragma busy_timeout = ${busyTimeoutMs}`)
  return handle
}

// Only where there is none: to open and close an SQLite file by other means than SQLite drops the
// locks that this process has on it (sqlite.org/howtocorrupt.html §2.2).
function createFile(path: string): void {
  try {
    closeSync(openSync(path, 'ax', 0o600))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

export function openDatabase(path: string): Database {
  const handle = connect(path)

  function attempt<Result>(work: () => Result): Result {
    handle.exec('begin immediate')
    try {
      const result = work()
      handle.exec('commit')
      return result
    } catch (error) {
      // SQLite rolls some failures back by itself.
      if (handle.isTransaction) handle.exec('rollback')
      throw error
    }
  }

  return {
    prepare<Row>(sql: string) {
      const statement = handle.prepare(sql)
      return {
        get: (...values: SQLInputValue[]) => statement.get(...values) as Row | undefined,
        all: (...values: SQLInputValue[]) => statement.all(...values) as Row[],
        run: (...values: SQLInputValue[]) => Number(statement.run(...values).changes),
      }
    },
    exec: (sql) => handle.exec(sql),
    async write(work) {
      const start = performance.now()
      for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
        try {
          return attempt(work)
        } catch (error) {
          if (!isBusy(error)) throw error
          if (performance.now() - start > lockTimeoutMs) {
            const message = 'The database is locked by another connection.'
            throw new CloakroomError('store_unavailable', message, { cause: error })
          }
        }
        await delay(wait * (0.5 + Math.random()))
      }
    },
    close: () => handle.close(),
  }
}

const sqliteBusy = 5

function isBusy(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { errcode?: unknown }
  // The low byte: the rest says which kind of busy (sqlite.org/rescode.html).
  return typeof errcode === 'number' && (errcode & 0xff) === sqliteBusy
}

/** Whether an error is the database's, so that the answer is "try again" and not "a bug". */
export function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}
