import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type CacheFactory, type Cloakroom, cloakroom } from 'cloakroom'
import { type SqliteHandle, sqlite } from 'cloakroom/sqlite'
import { asReceived } from './as-received.ts'
import { inTurns } from './in-turns.ts'
import { RecordingDatabase } from './recording-database.ts'
import { emailOf, nameOf, type Workload } from './workload.ts'

/** Sessions in a SQLite file, made by Cloakroom itself. */
export interface CloakroomDatabase {
  readonly file: string
  /** One per session. */
  readonly tokens: readonly string[]
  /** Of a session that has ended. */
  readonly endedToken: string
  /** The text of the one statement that verifies a token. */
  readonly verifySql: string
}

export type BenchCloakroom = Cloakroom<{ id: number; email: string; name: string }, unknown>

/** Every so many users have once signed out everywhere, and have a row that says so. */
const usersPerSignOut = 10

/** As an application would set it up. */
export function openCloakroom(
  handle: SqliteHandle,
  { migrate = false, cache }: { readonly migrate?: boolean; readonly cache?: CacheFactory } = {},
): Promise<BenchCloakroom> {
  return cloakroom({
    origin: 'http://localhost:3000',
    store: sqlite(handle, { migrate, feed: cache !== undefined }),
    ...(cache && { cache }),
    users: {
      table: 'users',
      id: { type: 'integer' },
      active: 'not banned',
      select: { email: 'text', name: 'text' },
    },
    pruneIntervalSeconds: false,
  })
}

export async function makeCloakroomDatabase(
  { users, owners }: Workload,
  directory: string,
): Promise<CloakroomDatabase> {
  const file = join(directory, 'cloakroom.db')
  const database = new DatabaseSync(file)
  database.exec('pragma journal_mode = wal')
  makeUsers(database, users)

  const auth = await openCloakroom(database, { migrate: true })
  // Only while it is filled: a sync for each of many thousand transactions would take minutes.
  database.exec('pragma synchronous = off')
  for (let user = 1; user <= users; user += usersPerSignOut) await auth.revoke({ userId: user })
  const tokens: string[] = []
  for await (const user of inTurns(owners)) tokens.push(await signIn(auth, user))
  const endedToken = await signIn(auth, 1)
  await auth.signOut(endedToken)
  await auth.close()

  database.exec('pragma wal_checkpoint(truncate)')
  database.close()
  return { file, tokens, endedToken, verifySql: await captureVerifySql(file, tokens[0] as string) }
}

export function makeUsers(database: DatabaseSync, users: number): void {
  database.exec(`create table users (
    id     integer primary key,
    email  text not null unique,
    name   text not null,
    banned integer not null default 0
  ) strict`)
  const insert = database.prepare('insert into users (id, email, name) values (?, ?, ?)')
  database.exec('begin')
  for (let user = 1; user <= users; user += 1) insert.run(user, emailOf(user), nameOf(user))
  database.exec('commit')
}

async function signIn(auth: BenchCloakroom, user: number): Promise<string> {
  const attempt = await auth.beginSignIn(user)
  const { token } = await attempt.complete({
    methods: ['pwd'],
    persistent: true,
    ip: '192.0.2.1',
    device: 'Firefox on Linux',
  })
  return asReceived(token)
}

async function captureVerifySql(file: string, token: string): Promise<string> {
  const database = new RecordingDatabase(file)
  const auth = await openCloakroom(database)
  const before = database.ran.length
  await auth.verify(token)
  const [sql, ...more] = database.ran.slice(before)
  await auth.close()
  database.close()
  if (sql === undefined || more.length > 0) {
    throw new Error(`verify ran ${more.length} statements beside ${sql}; the floor stands for one`)
  }
  return sql
}
