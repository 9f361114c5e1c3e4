import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'
import { type Database, lockTimeoutMs, type Queries, type Value } from './database.ts'
import { databaseFailure } from './failure.ts'
import { intoTable } from './insert.ts'
import { applySteps } from './migrate.ts'
import { sqliteSteps } from './migrations/sqlite.ts'

/** SQLite sleeps for this long over a lock, and the whole process with it. */
const busyTimeoutMs = 5

/** One file; it is made if it is absent. */
export function openSqlite(path: string): Database {
  // Two, because what is read must not be of a transaction that may yet be undone.
  const reader = connect(path)
  const writer = connect(path)
  const written = queriesOn(writer)
  const handles = [reader, writer]

  /** Settles when the last transaction that was asked for has been made, or given up. */
  let tail: Promise<unknown> = Promise.resolve()

  // One at a time: each attempt at a lock sleeps within SQLite, and many would take turns at that.
  function transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    const deadline = performance.now() + lockTimeoutMs
    const done = tail.then(() => whenUnlocked(deadline, () => attempt(work)))
    tail = done.catch(() => undefined)
    return done
  }

  async function attempt<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    await ask(() => writer.exec('begin immediate'))
    try {
      const result = await work(written)
      await ask(() => writer.exec('commit'))
      return result
    } catch (error) {
      // SQLite rolls some failures back by itself.
      if (writer.isTransaction) writer.exec('rollback')
      throw error
    }
  }

  return {
    ...queriesOn(reader),
    run: (sql, ...values) => transaction((queries) => queries.run(sql, ...values)),
    insertIfAbsent: (table, row) => transaction((queries) => queries.insertIfAbsent(table, row)),
    transaction,
    migrate: () =>
      transaction((queries) =>
        applySteps(queries, sqliteSteps, (script) => ask(() => writer.exec(script))),
      ),
    sessionStore(hasFeed) {
      const handle = connect(path)
      handles.push(handle)
      return sqlite(handle, { migrate: true, feed: hasFeed })
    },
    async close() {
      for (const handle of handles) handle.close()
    },
  }
}

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
    throw new Error(`${path} cannot be opened as an SQLite file: ${reason}`, { cause })
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

function queriesOn(handle: DatabaseSync): Queries {
  const one = <Row>(sql: string, ...values: Value[]) =>
    ask(() => handle.prepare(sql).get(...values.map(bind)) as Row | undefined)
  const run = (sql: string, ...values: Value[]) =>
    ask(() => Number(handle.prepare(sql).run(...values.map(bind)).changes))
  return {
    one,
    run,
    all: <Row>(sql: string, ...values: Value[]) =>
      ask(() => handle.prepare(sql).all(...values.map(bind)) as Row[]),
    async insertIfAbsent(table, row) {
      const sql = `insert ${intoTable(table, row)} on conflict do nothing`
      return (await run(sql, ...Object.values(row))) === 1
    },
    // Whoever writes has the whole file locked.
    lockOne: one,
  }
}

function bind(value: Value): SQLInputValue {
  return typeof value === 'boolean' ? Number(value) : value
}

async function ask<Result>(work: () => Result): Promise<Result> {
  try {
    return work()
  } catch (error) {
    const isSqlite = (error as NodeJS.ErrnoException).code === 'ERR_SQLITE_ERROR'
    throw isSqlite ? databaseFailure(error) : error
  }
}

async function whenUnlocked<Result>(
  deadline: number,
  attempt: () => Promise<Result>,
): Promise<Result> {
  let cause: unknown
  for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
    if (performance.now() > deadline) throw locked(cause)
    try {
      return await attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      cause = error
    }
    await delay(wait * (0.5 + Math.random()))
  }
}

function locked(cause: unknown): CloakroomError {
  const message = 'The database is locked by another connection.'
  return new CloakroomError('store_unavailable', message, { cause })
}

const sqliteBusy = 5

function isBusy(error: unknown): boolean {
  if (!(error instanceof CloakroomError)) return false
  const { errcode } = (error.cause ?? {}) as { errcode?: unknown }
  // The low byte: the rest says which kind of busy (sqlite.org/rescode.html).
  return typeof errcode === 'number' && (errcode & 0xff) === sqliteBusy
}
