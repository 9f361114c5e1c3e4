import { randomBytes } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import type pg from 'pg'
import { betterAuthOptions } from '../../workload/better-auth-database.ts'
import { cookiesOf, randomText } from '../../workload/better-auth-text.ts'
import { emailOf, nameOf, type Workload } from '../../workload/workload.ts'
import type { BetterAuthSessions } from '../better-auth.ts'
import { chunks } from '../chunks.ts'

export async function makeUsers(pool: pg.Pool, users: number): Promise<void> {
  await pool.query(`create table users (
    id     integer primary key,
    email  text not null unique,
    name   text not null,
    banned boolean not null default false
  )`)
  const numbers = Array.from({ length: users }, (_, index) => index + 1)
  for (const ids of chunks(numbers)) {
    await pool.query(
      'insert into users (id, email, name) select * from unnest($1::int[], $2::text[], $3::text[])',
      [ids, ids.map(emailOf), ids.map(nameOf)],
    )
  }
}

/** The table that connect-pg-simple ships, and a row for each session. Returns the session ids. */
export async function makeConnectSessions(pool: pg.Pool, workload: Workload): Promise<string[]> {
  await pool.query(`create table "session" (
    "sid" varchar not null collate "default" primary key,
    "sess" json not null,
    "expire" timestamp(6) not null
  )`)
  await pool.query('create index "IDX_session_expire" on "session" ("expire")')
  const cookie = { originalMaxAge: null, expires: null, httpOnly: true, path: '/' }
  const sessions = Array.from(workload.owners, (userId) => ({
    id: randomText(workload.random),
    data: JSON.stringify({ cookie, userId }),
  }))
  for (const some of chunks(sessions)) {
    await pool.query(
      `insert into "session" (sid, sess, expire)
        select sid, sess, now() + interval '1 day' from unnest($1::text[], $2::json[]) as s (sid, sess)`,
      [some.map(({ id }) => id), some.map(({ data }) => data)],
    )
  }
  return sessions.map(({ id }) => id)
}

/**
 * Its own migration makes the tables, and its own sign-up the first user and session. The others
 * are copies of these two rows with other ids, tokens and addresses.
 */
export async function makeBetterAuthSessions(
  pool: pg.Pool,
  { users, owners, random }: Workload,
): Promise<BetterAuthSessions> {
  const secret = randomBytes(32).toString('base64')
  const options = betterAuthOptions(pool, secret, false)
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  const body = { email: 'first@example.com', password: 'a long enough password', name: 'First' }
  await auth.api.signUpEmail({ body })

  const userIds = Array.from({ length: users + 1 }, () => randomText(random))
  const numbers = Array.from({ length: users }, (_, index) => index + 1)
  for (const some of chunks(numbers)) {
    await insertCopies(pool, 'user', {
      id: some.map((user) => userIds[user] as string),
      email: some.map(emailOf),
      name: some.map(nameOf),
    })
  }
  const tokens: string[] = []
  for (const some of chunks(Array.from(owners))) {
    const shown = some.map(() => randomText(random))
    await insertCopies(pool, 'session', {
      id: some.map(() => randomText(random)),
      token: shown,
      userId: some.map((user) => userIds[user] as string),
      ipAddress: some.map(() => '192.0.2.1'),
      userAgent: some.map(() => 'Firefox on Linux'),
    })
    tokens.push(...shown)
  }
  const { name } = (await auth.$context).authCookies.sessionToken
  return { secret, userIds, ...cookiesOf({ name, tokens, secret, random }) }
}

/** Copies of the first row of a table, with other values in some columns. */
async function insertCopies(
  pool: pg.Pool,
  table: string,
  changes: Readonly<Record<string, readonly string[]>>,
): Promise<void> {
  const { rows, fields } = await pool.query(`select * from "${table}" limit 1`)
  if (rows.length === 0) throw new Error(`${table} has no first row`)
  const columns = fields.map(({ name }) => name)
  const changed = Object.keys(changes)
  const values = columns.map((column) =>
    changed.includes(column) ? `c."${column}"` : `f."${column}"`,
  )
  await pool.query(
    `insert into "${table}" (${columns.map((column) => `"${column}"`).join(', ')})
      select ${values.join(', ')} from (select * from "${table}" limit 1) f,
      unnest(${changed.map((_, index) => `$${index + 1}::text[]`).join(', ')})
      as c (${changed.map((column) => `"${column}"`).join(', ')})`,
    changed.map((column) => changes[column]),
  )
}

/** What a table takes on disk with its indexes, divided among its sessions. */
export async function bytesPerSession(
  pool: pg.Pool,
  table: string,
  sessions: number,
): Promise<number> {
  await pool.query(`vacuum full "${table}"`)
  const { rows } = await pool.query<{ bytes: string }>(
    'select pg_total_relation_size($1::regclass)::text as bytes',
    [`"${table}"`],
  )
  return Number(rows[0]?.bytes) / sessions
}
