import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { UserId, UserIdType, UsersTable } from '../src/core/user.ts'
import {
  type BetterSqliteHandle,
  type SqliteHandle,
  type SqliteOptions,
  sqlite,
} from '../src/stores/sqlite/index.ts'
import { type FeedHarness, type StoreHarness, testClock } from '../src/testing/index.ts'

export type Driver = 'node:sqlite' | 'better-sqlite3'

type Closable = SqliteHandle & { close(): void }

// It has no types of its own; those of @types are of an older version.
const BetterSqlite = createRequire(import.meta.url)('better-sqlite3') as new (
  file: string,
) => BetterSqliteHandle & { close(): void }

export function openDatabase(driver: Driver, file: string): Closable {
  return driver === 'node:sqlite' ? new DatabaseSync(file) : new BetterSqlite(file)
}

export interface TemporaryFile {
  readonly file: string
  open(driver: Driver): Closable
  remove(): void
}

// Thousands of commits, each with its fsync: in memory where the system offers that. What a commit
// promises is tested on a disk, in sqlite-crash.test.ts.
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** An empty database file, and whatever handles are opened on it. */
export function temporaryFile(): TemporaryFile {
  const folder = mkdtempSync(join(root, 'cloakroom-sqlite-'))
  const file = join(folder, 'app.db')
  const handles: Closable[] = []
  return {
    file,
    open(driver) {
      const handle = openDatabase(driver, file)
      handles.push(handle)
      return handle
    },
    remove() {
      for (const handle of handles) {
        // A handle that a test broke on purpose is closed already.
        try {
          handle.close()
        } catch {}
      }
      rmSync(folder, { recursive: true })
    },
  }
}

/** What `storeContract` needs, on a file of its own with an application's users table. */
export function sqliteHarness(
  driver: Driver,
  userIdType: UserIdType,
  options: SqliteOptions = {},
): StoreHarness<UsersTable> & Pick<FeedHarness, 'deleteRow'> {
  const temporary = temporaryFile()
  const application = temporary.open('node:sqlite') as DatabaseSync
  const handle = temporary.open(driver)
  const clock = testClock()
  const isInteger = userIdType === 'integer' || userIdType === 'bigint'
  application.exec(`pragma journal_mode = wal;
    create table users (id ${isInteger ? 'integer' : 'text not null'} primary key, banned integer not null)`)
  const bind = (id: UserId) => (userIdType === 'bigint' ? BigInt(id) : id)
  const write = (sql: string) => (id: UserId) => void application.prepare(sql).run(bind(id))
  return {
    store: sqlite(handle, { migrate: true, ...options }),
    users: { table: 'users', id: { type: userIdType }, active: 'not banned' },
    addUser: write('insert into users (id, banned) values (?, 0)'),
    removeUser: write('delete from users where id = ?'),
    deactivateUser: write('update users set banned = 1 where id = ?'),
    clock,
    advance: clock.advance,
    precisionMs: 1,
    another: () => sqlite(temporary.open(driver), options),
    breakDown: () => handle.close(),
    close: () => temporary.remove(),
    deleteRow: (id) =>
      void application.prepare('delete from cloakroom_sessions where id = ?').run(id),
  }
}

/** What `feedContract` needs. */
export function sqliteFeedHarness(driver: Driver, userIdType: UserIdType): FeedHarness<UsersTable> {
  const harness = sqliteHarness(driver, userIdType, { feed: { pollSeconds: 0.01 } })
  return { ...harness, hearsUsers: true, isExact: false }
}
