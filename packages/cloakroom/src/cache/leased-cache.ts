import { readInstant } from '../core/instant.ts'
import { refuseOthers } from '../core/refuse-others.ts'
import type { CacheFactory } from '../core/verification-cache.ts'
import { LeasedVerifications } from './leased-verifications.ts'

export interface LeasedCacheOptions {
  /** Sessions kept at most; the least recently used leaves first. 1 to 10,000,000; default 100,000. */
  readonly maxSessions?: number
  /**
   * Seconds after the feed was last known good for which answers may be used: how late a revocation can
   * be at the very worst, when the network is cut. 0.2 to 300, and at least twice the heartbeat of the
   * store's feed; default 5.
   */
  readonly leaseSeconds?: number
  /**
   * Seconds after which a session is read again whatever the feed says, because `active` can depend on
   * what no feed tells, such as the time. 0.1 to 3600; default 60.
   */
  readonly maxAgeSeconds?: number
}

/**
 * Verifications from memory, for a store that was opened with its feed.
 * @throws {TypeError} for an option out of range
 */
export function leasedCache(options: LeasedCacheOptions = {}): CacheFactory {
  refuseOthers('leasedCache()', options, {
    maxSessions: true,
    leaseSeconds: true,
    maxAgeSeconds: true,
  })
  const maxSessions = checkNumber(options, 'maxSessions', 100_000, 1, 10_000_000)
  if (!Number.isInteger(maxSessions)) throw new TypeError('maxSessions must be an integer')
  const leaseMs = checkNumber(options, 'leaseSeconds', 5, 0.2, 300) * 1000
  const maxAgeMs = checkNumber(options, 'maxAgeSeconds', 60, 0.1, 3600) * 1000
  return Object.freeze<CacheFactory>({
    leaseMs: Math.round(leaseMs),
    open: () => new LeasedVerifications({ maxSessions, leaseMs, maxAgeMs }, readInstant),
  })
}

function checkNumber(
  options: LeasedCacheOptions,
  name: keyof LeasedCacheOptions,
  standard: number,
  least: number,
  most: number,
): number {
  const value = options[name] ?? standard
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new TypeError(`${name} must be a number from ${least} to ${most}; it is ${value}`)
}
