import { type Instant, readInstant } from './instant.ts'
import { Lease } from './lease.ts'
import type { FeedListener } from './revocation-feed.ts'
import type { CacheStats } from './verification-cache.ts'

/** How well this process hears of what others change. */
export interface FeedHealth {
  /** Whether all that was committed up to a lease ago is known to have been heard. */
  readonly isConfirmed: boolean
  /** Milliseconds since the start of the last good round trip; `undefined`: there is none. */
  readonly leaseAgeMs: number | undefined
  /** How often something was told. */
  readonly invalidations: number
  /** How often the feed began to listen, and how often it was lost. */
  readonly generations: number
  readonly losses: number
  /** Sessions of which somebody has the signal. */
  readonly signals: number
  /** Absent without a cache. */
  readonly cache?: CacheStats
}

/** Counts what a feed tells. */
export class FeedCounts implements FeedListener {
  readonly #lease: Lease
  #invalidations = 0
  #generations = 0
  #losses = 0

  constructor(leaseMs: number) {
    this.#lease = new Lease(leaseMs)
  }

  listening(source: string): void {
    this.#generations += 1
    this.#lease.listening(source)
  }

  invalidated(): void {
    this.#invalidations += 1
  }

  confirmed(source: string, startedAt: Instant): void {
    this.#lease.confirmed(source, startedAt)
  }

  lost(source: string): void {
    this.#losses += 1
    this.#lease.lost(source)
  }

  health(): Omit<FeedHealth, 'signals' | 'cache'> {
    const now = readInstant()
    return {
      isConfirmed: this.#lease.coversAll(now),
      leaseAgeMs: this.#lease.age(now),
      invalidations: this.#invalidations,
      generations: this.#generations,
      losses: this.#losses,
    }
  }
}
