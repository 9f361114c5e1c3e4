import { setTimeout as delay } from 'node:timers/promises'
import type { Store } from './store.ts'

/**
 * Waits until no cache of any process can still use what was read before now: for as long as the longest
 * lease that is recorded, and a little longer, because no two clocks run at the same speed.
 */
export async function settle(store: Pick<Store, 'largestLease'>): Promise<void> {
  const acknowledgedAt = performance.now()
  // Read afterwards: who records a lease later, reads later too, and so finds what was revoked.
  const leaseMs = await store.largestLease(0)
  const until = acknowledgedAt + (leaseMs === 0 ? 0 : leaseMs * 1.001 + 50)
  // A timer may come a millisecond too early.
  for (let now = acknowledgedAt; now < until; now = performance.now()) await delay(until - now)
}
