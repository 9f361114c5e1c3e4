import type { Policy } from '../core/policy.ts'
import type { Found } from '../core/store.ts'

/** A session object as it comes out of JSON. */
export interface SessionData {
  readonly cookie?: { readonly originalMaxAge?: unknown }
  readonly [key: string]: unknown
}

/** The `maxAge` of the session's own cookie in milliseconds; `undefined`: it ends with the browser. */
export function maxAgeOf({ cookie }: SessionData): number | undefined {
  const maxAge = cookie?.originalMaxAge
  return typeof maxAge === 'number' ? maxAge : undefined
}

/**
 * The policy, or a stricter one: a session whose `maxAge` is shorter than the idle timeout is idle
 * after that, and is touched the more often.
 */
export function ownPolicy(data: SessionData, policy: Policy): Policy {
  const maxAgeMs = maxAgeOf(data) ?? Infinity
  if (maxAgeMs >= policy.idleTimeoutMs) return policy
  const touchIntervalMs = Math.min(Math.max(maxAgeMs / 100, 60_000), maxAgeMs / 4)
  return {
    ...policy,
    idleTimeoutMs: maxAgeMs,
    touchIntervalMs: Math.min(touchIntervalMs, policy.touchIntervalMs),
  }
}

/** With the end of a `maxAge`, which is not stored: by this process's clock, as it will be read. */
export function withExpiry(data: SessionData, { session, now }: Found): SessionData {
  const maxAgeMs = maxAgeOf(data)
  const remainingMs = session.lastSeenAt + (maxAgeMs ?? 0) - now
  const expiry = maxAgeMs === undefined ? {} : { expires: new Date(Date.now() + remainingMs) }
  return { ...data, cookie: { ...data.cookie, ...expiry } }
}
