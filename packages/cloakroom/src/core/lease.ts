import { ageOf, type Instant } from './instant.ts'

export interface LeaseState {
  /** Counts everything that makes an answer under way doubtful. */
  heard: number
  /** By source; `undefined` while it listens but is not confirmed yet. */
  readonly confirmedAt: Map<string, Instant | undefined>
}

/** A read under way: what its answer may still be used for is decided when it comes. */
export interface Ticket {
  readonly startedAt: Instant
  readonly heard: number
}

/**
 * Until when what was read earlier may be believed. The protocol of the cache, without the cache: it
 * holds no sessions, and no clock but the instants that it is given.
 *
 * `docs/cache.md` has the argument. In short: an answer is kept only if nothing at all was heard
 * between the sending of its read and now, and is used only while a round trip that *began* no longer
 * than the lease ago has proved that everything committed before it was heard.
 */
export class Lease {
  readonly #leaseMs: number
  readonly #state: LeaseState

  /** @param state Given only by the model checker, which goes back to states that it has seen. */
  constructor(leaseMs: number, state: LeaseState = { heard: 0, confirmedAt: new Map() }) {
    this.#leaseMs = leaseMs
    this.#state = state
  }

  /** To be taken before a read is sent. */
  ticket(now: Instant): Ticket {
    return { startedAt: now, heard: this.#state.heard }
  }

  /** Whether nothing was heard since. */
  isCurrent(ticket: Ticket): boolean {
    return ticket.heard === this.#state.heard
  }

  /** Whether the answer to a read may be kept. */
  mayKeep(ticket: Ticket, source: string): boolean {
    return this.isCurrent(ticket) && this.#state.confirmedAt.has(source)
  }

  /** Whether what was kept of an answer from there may be used now. */
  covers(source: string, now: Instant): boolean {
    const confirmedAt = this.#state.confirmedAt.get(source)
    return confirmedAt !== undefined && ageOf(confirmedAt, now) <= this.#leaseMs
  }

  /** A read under way does not know its user yet: it may be about any of what is heard. */
  invalidated(): void {
    this.#state.heard += 1
  }

  listening(source: string): void {
    this.#state.heard += 1
    this.#state.confirmedAt.set(source, undefined)
  }

  confirmed(source: string, startedAt: Instant): void {
    if (this.#state.confirmedAt.has(source)) this.#state.confirmedAt.set(source, startedAt)
  }

  lost(source: string): void {
    this.#state.heard += 1
    this.#state.confirmedAt.delete(source)
  }

  /** Whether what any of the servers that are known has answered may be used now. */
  coversAll(now: Instant): boolean {
    const age = this.age(now)
    return age !== undefined && age <= this.#leaseMs
  }

  /** Milliseconds since the oldest confirmation; `undefined` unless every source has one. */
  age(now: Instant): number | undefined {
    const ages = [...this.#state.confirmedAt.values()].map((at) => at && ageOf(at, now))
    if (ages.length === 0 || ages.includes(undefined)) return undefined
    return Math.max(...(ages as number[]))
  }
}
