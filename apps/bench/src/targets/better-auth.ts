import { DatabaseSync } from 'node:sqlite'
import { betterAuth as createBetterAuth } from 'better-auth'
import BetterSqlite from 'better-sqlite3'
import {
  type BetterAuthDatabase,
  type BetterAuthHandle,
  betterAuthOptions,
} from '../workload/better-auth-database.ts'
import type { Target } from './target.ts'

interface BetterAuthTargetOptions {
  readonly driver: 'node:sqlite' | 'better-sqlite3'
  readonly file: string
  readonly pragmas: readonly string[]
  /** Its option `advanced.database.joins`: one query instead of two. */
  readonly joins: boolean
  readonly concurrency?: number
}

/** `auth.api.getSession({ headers })` of Better Auth, cookie cache off as by default. */
export async function betterAuth(
  { cookies, wrongCookies, secret, userIds }: BetterAuthDatabase,
  { driver, file, pragmas, joins, concurrency = 1 }: BetterAuthTargetOptions,
): Promise<Target<string, { user: { id: string } } | null>> {
  const database = driver === 'node:sqlite' ? new DatabaseSync(file) : new BetterSqlite(file)
  for (const pragma of pragmas) database.exec(`pragma ${pragma}`)
  const auth = createBetterAuth(betterAuthOptions(database as BetterAuthHandle, secret, joins))
  const users = new Map(userIds.map((id, user) => [id, user]))
  return {
    name: `Better Auth on ${driver}${joins ? ', joins' : ''}${concurrency === 1 ? '' : `, ${concurrency} at once`}`,
    note: `auth.api.getSession({ headers }): the cookie's signature, then ${joins ? 'session and user in one query' : 'session and user in two queries'}`,
    credentials: cookies,
    wrong: wrongCookies,
    concurrency,
    authenticate: (cookie) => auth.api.getSession({ headers: new Headers({ cookie }) }),
    userOf: (answer) => (answer === null ? undefined : users.get(answer.user.id)),
    close: () => database.close(),
  }
}
