import type { AnonymousReason } from './session.ts'
import type { Found, StoredSession } from './store.ts'

/** The timeouts in milliseconds. `options.ts` says what each means, its default and its range. */
export interface Policy {
  readonly idleTimeoutMs: number
  readonly absoluteTimeoutMs: number
  readonly nonPersistentTimeoutMs: number
  readonly stepUpMs: number
  readonly touchIntervalMs: number
  readonly maxClockSkewMs: number
}

/** NIST SP 800-63B has nothing on it; an hour is what the field's best allow. */
export const maxImpersonationMs = 3_600_000

/** How long a session begun under this policy may last at most. */
export function lifetime(
  policy: Policy,
  kind: { persistent: boolean; impersonated: boolean },
): number {
  return Math.min(
    policy.absoluteTimeoutMs,
    kind.persistent ? Infinity : policy.nonPersistentTimeoutMs,
    kind.impersonated ? maxImpersonationMs : Infinity,
  )
}

/** The stored deadline or today's policy, whichever is earlier: tightening acts at once. */
export function expiresAt(session: StoredSession, policy: Policy): number {
  const impersonated = session.impersonatorId !== null
  const today = lifetime(policy, { persistent: session.persistent, impersonated })
  return Math.min(session.expiresAt, session.createdAt + today)
}

export function idleExpiresAt(session: StoredSession, policy: Policy): number {
  return session.lastSeenAt + policy.idleTimeoutMs
}

/** Why a session whose secret matched opens nothing; `undefined`: it is live, and first party. */
export function deathOf(
  found: Omit<Found, 'secretHash'>,
  policy: Policy,
): AnonymousReason | undefined {
  // A client's session opens only the token endpoint; to everything else it does not exist.
  return found.session.clientId === null ? endOf(found, policy) : 'unknown'
}

/**
 * Why a session, whoever it belongs to, has ended; `undefined`: it is live. Not before its deadline,
 * ended from the deadline on.
 */
export function endOf(
  found: Omit<Found, 'secretHash'>,
  policy: Policy,
): AnonymousReason | undefined {
  const { session, now } = found
  // Not `>=`: against a time that is no number everything is over.
  if (!(now < expiresAt(session, policy))) return 'expired'
  if (!(now < idleExpiresAt(session, policy))) return 'idle'
  if (found.blocked) return 'blocked'
  if (session.epoch !== found.liveEpoch) return 'revoked'
  if (session.userId !== null && found.user === undefined) return 'inactive'
  return undefined
}

/**
 * Why a token cannot be live, judged by the time in its id alone. Twice the skew, because this
 * process and the one that made the id may each be off against the database by as much.
 */
export function earlyRefusal(
  mintedAt: number,
  now: number,
  policy: Policy,
): AnonymousReason | undefined {
  if (now - mintedAt >= policy.absoluteTimeoutMs + 2 * policy.maxClockSkewMs) return 'expired'
  if (mintedAt - now > dayMs) return 'unknown'
  return undefined
}

const dayMs = 86_400_000

/** Whether the credential was checked recently enough, at the time when the session was read. */
export function isSteppedUp(
  session: { authenticatedAt: Date | null; readAt: Date },
  policy: Policy,
  maxAgeMs: number = policy.stepUpMs,
): boolean {
  if (session.authenticatedAt === null) return false
  const age = session.readAt.getTime() - session.authenticatedAt.getTime()
  // A clock set back must not make an old check a recent one.
  return age >= -policy.maxClockSkewMs && age < maxAgeMs
}

/** Whether it is time to move `lastSeenAt`. */
export function touchIsDue(
  { session, now }: Pick<Found, 'session' | 'now'>,
  policy: Policy,
): boolean {
  return now >= touchDueAt(session.id, session.lastSeenAt, policy)
}

/**
 * When it is time to move `lastSeenAt`. The interval is spread by ±25 % from session to session:
 * rows that are neighbours on a page, touched in one batch, would defeat heap-only updates.
 */
export function touchDueAt(id: Uint8Array, lastSeenAt: number, policy: Policy): number {
  const spread = 0.75 + (id[15] as number) / 510
  return lastSeenAt + policy.touchIntervalMs * spread
}

/** The shortest interval of the spread: no session is touched twice within it. */
export function shortestTouchInterval(policy: Policy): number {
  return Math.floor(policy.touchIntervalMs * 0.75)
}
