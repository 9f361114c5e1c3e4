import { createHmac, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import type { Random } from '../measuring/random.ts'
import { asReceived } from './as-received.ts'
import { inTurns } from './in-turns.ts'
import { emailOf, nameOf, type Workload } from './workload.ts'

/** Sessions in a SQLite file with Better Auth's own tables. */
export interface BetterAuthDatabase {
  readonly file: string
  readonly secret: string
  /** The `Cookie` header of each session's client. */
  readonly cookies: readonly string[]
  /** Headers that must be refused, by what is wrong with them. */
  readonly wrongCookies: Readonly<Record<string, string>>
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

  const cookie = (token: string, key: string) => asReceived(`${name}=${signed(token, key)}`)
  return {
    file,
    secret,
    cookies: tokens.map((token) => cookie(token, secret)),
    wrongCookies: {
      'the token of no session': cookie(randomText(random), secret),
      'the signature of another secret': cookie(tokens[0] as string, `not ${secret}`),
      'no cookie': 'theme=dark',
    },
    userIds,
  }
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

/** As Better Auth signs: HMAC-SHA-256 in Base64, percent-encoded. */
function signed(token: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return encodeURIComponent(`${token}.${signature}`)
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** In the form of Better Auth's own ids and tokens: 32 letters and digits. */
function randomText(random: Random): string {
  return Array.from({ length: 32 }, () => letters.charAt(random(letters.length))).join('')
}
