import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import type { Pool, RowDataPacket } from 'mysql2/promise'
import { type BetterAuthHandle, betterAuthOptions } from '../../workload/better-auth-database.ts'
import { cookiesOf, randomText } from '../../workload/better-auth-text.ts'
import { emailOf, nameOf, type Workload } from '../../workload/workload.ts'
import type { BetterAuthSessions } from '../better-auth.ts'
import { chunks } from '../chunks.ts'

export async function makeUsers(pool: Pool, users: number): Promise<void> {
  await pool.query(`create table users (
    id     int primary key,
    email  varchar(255) not null unique,
    name   varchar(255) not null,
    banned boolean not null default false
  ) engine = innodb`)
  const numbers = Array.from({ length: users }, (_, index) => index + 1)
  for (const some of chunks(numbers)) {
    const rows = some.map((user) => [user, emailOf(user), nameOf(user)])
    await pool.query('insert into users (id, email, name) values ?', [rows])
  }
}

/** The table of express-mysql-session, and a row for each session. Returns the session ids. */
export async function makeConnectSessions(pool: Pool, workload: Workload): Promise<string[]> {
  await pool.query(`create table sessions (
    session_id varchar(128) collate utf8mb4_bin not null primary key,
    expires    int unsigned not null,
    data       mediumtext collate utf8mb4_bin
  ) engine = innodb`)
  const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }
  const expires = Math.round(Date.now() / 1000) + 86_400
  const sessions = Array.from(workload.owners, (userId) => ({
    id: randomText(workload.random),
    data: JSON.stringify({ cookie, userId }),
  }))
  for (const some of chunks(sessions)) {
    const rows = some.map(({ id, data }) => [id, expires, data])
    await pool.query('insert into sessions (session_id, expires, data) values ?', [rows])
  }
  return sessions.map(({ id }) => id)
}

/**
 * Its own migration makes the tables, and its own sign-up the first user and session. The others
 * are copies of these two rows with other ids, tokens and addresses.
 */
export async function makeBetterAuthSessions(
  pool: Pool,
  { users, owners, random }: Workload,
): Promise<BetterAuthSessions> {
  const secret = randomBytes(32).toString('base64')
  const options = betterAuthOptions(pool as unknown as BetterAuthHandle, secret, false)
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  const body = { email: 'first@example.com', password: 'a long enough password', name: 'First' }
  await auth.api.signUpEmail({ body })

  const userIds = Array.from({ length: users + 1 }, () => randomText(random))
  const numbers = Array.from({ length: users }, (_, index) => index + 1)
  for (const some of chunks(numbers)) {
    const rows = some.map((user) => ({
      id: userIds[user],
      email: emailOf(user),
      name: nameOf(user),
    }))
    await insertCopies(pool, 'user', rows)
  }
  const tokens: string[] = []
  for (const some of chunks(Array.from(owners))) {
    const rows = some.map((user) => ({
      id: randomText(random),
      token: randomText(random),
      userId: userIds[user],
      ipAddress: '192.0.2.1',
      userAgent: 'Firefox on Linux',
    }))
    await insertCopies(pool, 'session', rows)
    tokens.push(...rows.map(({ token }) => token))
  }
  const { name } = (await auth.$context).authCookies.sessionToken
  return { secret, userIds, ...cookiesOf({ name, tokens, secret, random }) }
}

/** Copies of the first row of a table, with other values in some columns. */
async function insertCopies(
  pool: Pool,
  table: string,
  changes: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const [rows] = await pool.query<RowDataPacket[]>('select * from ?? limit 1', [table])
  const [first] = rows
  if (first === undefined) throw new Error(`${table} has no first row`)
  const columns = Object.keys(first)
  const values = changes.map((change) => {
    const row: Record<string, unknown> = { ...first, ...change }
    return columns.map((column) => row[column])
  })
  await pool.query('insert into ?? (??) values ?', [table, columns, values])
}

/** What a table takes on disk with its indexes, divided among its sessions. */
export async function bytesPerSession(
  pool: Pool,
  table: string,
  sessions: number,
): Promise<number> {
  await pool.query('optimize table ??', [table])
  await pool.query('analyze table ??', [table])
  const [rows] = await pool.query<RowDataPacket[]>(
    'select data_length + index_length as bytes from information_schema.tables where table_schema = database() and table_name = ?',
    [table],
  )
  return Number(rows[0]?.bytes) / sessions
}
