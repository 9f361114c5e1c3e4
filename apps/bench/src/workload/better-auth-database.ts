import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { type BetterAuthCookies, cookiesOf, randomText } from './better-auth-text.ts'
import { inTurns } from './in-turns.ts'
import { emailOf, nameOf, type Workload } from './workload.ts'

/** Sessions in a SQLite file with Better Auth's own tables. */
export interface BetterAuthDatabase extends BetterAuthCookies {
  readonly file: string
  readonly secret: string
  /** Better Auth's ids of the users, by our numbers. */
  readonly userIds: readonly string[]
}

export type BetterAuthHandle = Parameters<typeof betterAuth>[0]['database']

/** Its defaults, without what has nothing to do with checking a session. */
export function betterAuthOptions(database: BetterAuthHandle, secret: string, joins: boolean) {
  return {
    baseURL: 'http://localhost:3000',
    secret,
    database,
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    advanced: { database: { joins } },
  } as const
}

/**
 * Its own migration makes the tables, and its own sign-up the first user and session. The others
 * are copies of these two rows with other ids, tokens and addresses.
 */
export async function makeBetterAuthDatabase(
  { users, owners, random }: Workload,
  directory: string,
  pageSize: number,
): Promise<BetterAuthDatabase> {
  const file = join(directory, 'better-auth.db')
  const database = new DatabaseSync(file)
  database.exec(`pragma page_size = ${pageSize}; pragma journal_mode = wal`)
  const secret = randomBytes(32).toString('base64')
  const options = betterAuthOptions(database, secret, false)
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const auth = betterAuth(options)
  const body = { email: 'first@example.com', password: 'a long enough password', name: 'First' }
  await auth.api.signUpEmail({ body })

  const userIds = Array.from({ length: users + 1 }, () => randomText(random))
  const copyUser = copier(database, 'user')
  const copySession = copier(database, 'session')
  const tokens: string[] = []
  database.exec('begin')
  for (let user = 1; user <= users; user += 1) {
    copyUser({ id: userIds[user] as string, email: emailOf(user), name: nameOf(user) })
  }
  for await (const user of inTurns(owners)) {
    const token = randomText(random)
    copySession({
      id: randomText(random),
      token,
      userId: userIds[user] as string,
      ipAddress: '192.0.2.1',
      userAgent: 'Firefox on Linux',
    })
    tokens.push(token)
  }
  database.exec('commit')
  database.exec('pragma wal_checkpoint(truncate)')
  const { name } = (await auth.$context).authCookies.sessionToken
  database.close()
  return { file, secret, userIds, ...cookiesOf({ name, tokens, secret, random }) }
}

/** Inserts copies of the table's first row, with some columns changed. */
function copier(
  database: DatabaseSync,
  table: string,
): (changes: Record<string, SQLInputValue>) => void {
  const first = database.prepare(`select * from "${table}" limit 1`).get()
  const columns = Object.keys(first ?? {})
  const list = columns.map((column) => `"${column}"`).join(', ')
  const places = columns.map(() => '?').join(', ')
  const insert = database.prepare(`insert into "${table}" (${list}) values (${places})`)
  return (changes) => {
    const row: Record<string, SQLInputValue> = { ...first, ...changes }
    insert.run(...columns.map((column) => row[column] as SQLInputValue))
  }
}
