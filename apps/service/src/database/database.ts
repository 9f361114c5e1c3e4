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
   * A transaction: all of `work` or nothing. `work` must not await. Writes are made in the order in
   * which they were asked for. While another connection holds the lock it is waited for, for 5 s at
   * most, without blocking the event loop.
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
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    createFile(path)
    const handle = new DatabaseSync(path, { enableForeignKeyConstraints: true })
    handle.exec(`pragma busy_timeout = ${lockTimeoutMs}; pragma journal_mode = wal`)
    handle.exec(`pragma synchronous = full; pragma busy_timeout = ${busyTimeoutMs}`)
    return handle
  } catch (cause) {
    const reason = (cause as Error).message
    throw new Error(`DATABASE_URL: ${path} cannot be opened as an SQLite file: ${reason}`, {
      cause,
    })
  }
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

  /** Settles when the last write that was asked for has been made, or given up. */
  let tail: Promise<unknown> = Promise.resolve()

  async function writeBefore<Result>(deadline: number, work: () => Result): Promise<Result> {
    let cause: unknown
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      if (performance.now() > deadline) throw locked(cause)
      try {
        return attempt(work)
      } catch (error) {
        if (!isBusy(error)) throw error
        cause = error
      }
      await delay(wait * (0.5 + Math.random()))
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
    // One at a time: each attempt at a lock sleeps within SQLite, and many would take turns at that.
    write(work) {
      const deadline = performance.now() + lockTimeoutMs
      const written = tail.then(() => writeBefore(deadline, work))
      tail = written.catch(() => undefined)
      return written
    },
    close: () => handle.close(),
  }
}

function locked(cause: unknown): CloakroomError {
  const message = 'The database is locked by another connection.'
  return new CloakroomError('store_unavailable', message, { cause })
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
