import { betterAuth } from 'better-auth'
import { type BetterAuthHandle, betterAuthOptions } from '../workload/better-auth-database.ts'
import type { BetterAuthCookies } from '../workload/better-auth-text.ts'
import type { RemoteTarget } from './remote-target.ts'

export interface BetterAuthSessions extends BetterAuthCookies {
  readonly secret: string
  /** Better Auth's ids of the users, by our numbers. */
  readonly userIds: readonly string[]
}

interface BetterAuthTargetOptions extends Pick<RemoteTarget, 'sent' | 'bytesPerSession'> {
  readonly driver: string
  readonly pool: BetterAuthHandle
  /** Its option `advanced.database.joins`: one query instead of two. */
  readonly joins: boolean
  readonly close: () => Promise<void>
}

/** `auth.api.getSession({ headers })` of Better Auth, cookie cache off as by default. */
export function betterAuthTarget(
  { cookies, wrongCookies, secret, userIds }: BetterAuthSessions,
  { driver, pool, joins, ...options }: BetterAuthTargetOptions,
): RemoteTarget<string, { user: { id: string } } | null> {
  const auth = betterAuth(betterAuthOptions(pool, secret, joins))
  const users = new Map(userIds.map((id, user) => [id, user]))
  return {
    ...options,
    name: `Better Auth on ${driver}${joins ? ', joins' : ''}`,
    note: `auth.api.getSession({ headers }): the cookie's signature, then ${joins ? 'session and user in one query' : 'session and user in two queries'}`,
    credentials: cookies,
    wrong: wrongCookies,
    authenticate: (cookie) => auth.api.getSession({ headers: new Headers({ cookie }) }),
    userOf: (answer) => (answer === null ? undefined : users.get(answer.user.id)),
  }
}
