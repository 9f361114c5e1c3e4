import { hash } from 'node:crypto'
import { ageOf, type Instant, type ReadInstant } from '../core/instant.ts'
import { Lease } from '../core/lease.ts'
import type { Invalidation } from '../core/revocation-feed.ts'
import type { Found } from '../core/store.ts'
import type { CacheStats, VerificationCache } from '../core/verification-cache.ts'
import { type Kept, KeptSessions } from './kept-sessions.ts'

export interface CacheSettings {
  readonly maxSessions: number
  readonly leaseMs: number
  readonly maxAgeMs: number
}

/** Sessions in memory, under the protocol of `core/lease.ts`. */
export class LeasedVerifications implements VerificationCache {
  readonly #lease: Lease
  readonly #kept: KeptSessions
  readonly #maxAgeMs: number
  readonly #readInstant: ReadInstant
  #hits = 0
  #misses = 0
  #bypasses = 0
  #voidedFills = 0

  constructor({ maxSessions, leaseMs, maxAgeMs }: CacheSettings, readInstant: ReadInstant) {
    this.#lease = new Lease(leaseMs)
    this.#kept = new KeptSessions(maxSessions)
    this.#maxAgeMs = maxAgeMs
    this.#readInstant = readInstant
  }

  find(token: string): Kept | undefined {
    const kept = this.#kept.get(keyOf(token))
    if (kept === undefined) {
      this.#misses += 1
      return undefined
    }
    const now = this.#readInstant()
    const age = ageOf(kept.readAt, now)
    if (age > this.#maxAgeMs || !this.#lease.covers(kept.source, now)) {
      this.#bypasses += 1
      return undefined
    }
    this.#hits += 1
    // Since the read was sent, not since it was answered: rather a moment too late than too early.
    kept.now = kept.found.now + age
    return kept
  }

  beginRead(): (token: string, found: Found) => void {
    const ticket = this.#lease.ticket(this.#readInstant())
    return (token, found) => {
      const { source = '' } = found
      if (source === null) return
      if (this.#lease.mayKeep(ticket, source)) {
        this.#kept.set(keyOf(token), found, source, ticket.startedAt)
      } else {
        this.#voidedFills += 1
      }
    }
  }

  touched(token: string): void {
    const kept = this.#kept.get(keyOf(token))
    if (kept === undefined) return
    const lastSeenAt = kept.found.now + ageOf(kept.readAt, this.#readInstant())
    kept.found = { ...kept.found, session: { ...kept.found.session, lastSeenAt } }
    kept.memo = undefined
  }

  listening(source: string): void {
    this.#lease.listening(source)
    this.#kept.evictSource(source)
  }

  invalidated(what: Invalidation): void {
    this.#lease.invalidated()
    this.#kept.evict(what)
  }

  confirmed(source: string, startedAt: Instant): void {
    this.#lease.confirmed(source, startedAt)
  }

  lost(source: string): void {
    this.#lease.lost(source)
    this.#kept.evictSource(source)
  }

  stats(): CacheStats {
    return {
      sessions: this.#kept.size,
      hits: this.#hits,
      misses: this.#misses,
      bypasses: this.#bypasses,
      voidedFills: this.#voidedFills,
    }
  }
}

/** Of the whole token, so that a hit needs neither parsing nor a comparison of secrets. */
function keyOf(token: string): string {
  return hash('sha256', token, 'binary')
}
