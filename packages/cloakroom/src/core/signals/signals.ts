import { CloakroomError } from '../../errors.ts'
import { ageOf, type Instant, type ReadInstant } from '../instant.ts'
import { Lease } from '../lease.ts'
import { deathOf, expiresAt, idleExpiresAt, type Policy } from '../policy.ts'
import type { FeedListener, Invalidation } from '../revocation-feed.ts'
import type { Session } from '../session.ts'
import { parseId } from '../session-id.ts'
import type { Found, Store } from '../store.ts'
import { type ReadAgain, readAgain } from './read-again.ts'
import { type Watched, WatchedSessions } from './watched-sessions.ts'

export interface SignalSettings {
  readonly store: Pick<Store, 'find'>
  readonly policy: Policy
  /** For how long a session counts as live that neither the feed nor the store can speak of. */
  readonly leaseMs: number
  readonly readInstant: ReadInstant
  readonly onError: (error: unknown) => void
}

/** Begins, with the callback that ends it, what a signal lives no longer than. */
export type Lifetime = (release: () => void) => void

type WithSignal = Pick<
  Session<unknown>,
  'id' | 'userId' | 'impersonatorId' | 'expiresAt' | 'idleExpiresAt' | 'readAt'
>

const tickMs = 1000
/**
 * What no feed tells is seen when the session is read again: users that are elsewhere, an `active` that
 * depends on the time.
 */
const longestUnreadMs = 60_000

/**
 * Abort signals of sessions, for whatever outlives the verification of its request. Whatever the feed
 * tells is only a reason to read the session again; that decides. One timer serves all of them.
 */
export class Signals implements FeedListener {
  readonly #settings: SignalSettings
  readonly #lease: Lease
  readonly #confirmedAt = new Map<string, Instant>()
  readonly #watched = new WatchedSessions()
  readonly #controllers = new WeakMap<object, AbortController>()
  readonly #doubtful: ReadAgain<Watched>
  #timer: NodeJS.Timeout | undefined

  constructor(settings: SignalSettings) {
    this.#settings = settings
    this.#lease = new Lease(settings.leaseMs)
    this.#doubtful = readAgain((watched) => this.#read(watched))
  }

  /** How many sessions have one. */
  get size(): number {
    return this.#watched.size
  }

  /** The signal of this snapshot: the same one each time. It goes when the lifetime ends. */
  of(session: WithSignal, lifetime?: Lifetime): AbortSignal {
    const known = this.#controllers.get(session)
    if (known !== undefined) return known.signal
    const controller = new AbortController()
    this.#controllers.set(session, controller)
    const watched = this.#watched.get(session.id) ?? this.#watch(session)
    watched.controllers.add(controller)
    // What was told between the verification and now, nobody has heard for this session.
    this.#doubt(watched)
    lifetime?.(() => this.release(session))
    return controller.signal
  }

  /** Forgets the snapshot's signal, which will never abort. */
  release(session: Pick<WithSignal, 'id'>): void {
    const controller = this.#controllers.get(session)
    const watched = this.#watched.get(session.id)
    if (controller === undefined || watched === undefined) return
    watched.controllers.delete(controller)
    if (watched.controllers.size === 0) this.#forget(watched)
  }

  listening(source: string): void {
    this.#lease.listening(source)
    for (const each of this.#watched.all()) {
      if (each.source === source) this.#doubt(each)
    }
  }

  invalidated(what: Invalidation): void {
    for (const each of this.#watched.concernedBy(what)) this.#doubt(each)
  }

  confirmed(source: string, startedAt: Instant): void {
    this.#lease.confirmed(source, startedAt)
    this.#confirmedAt.set(source, startedAt)
  }

  lost(source: string): void {
    this.#lease.lost(source)
    const confirmedAt = this.#confirmedAt.get(source)
    this.#confirmedAt.delete(source)
    if (confirmedAt === undefined) return
    for (const each of this.#watched.all()) {
      if (each.source === source) each.goodAt = laterOf(each.goodAt, confirmedAt)
    }
  }

  /** Forgets all signals, which will never abort. */
  async close(): Promise<void> {
    for (const each of this.#watched.all()) this.#forget(each)
    await this.#doubtful.close()
  }

  #watch(session: WithSignal): Watched {
    const now = this.#settings.readInstant()
    const watched: Watched = {
      id: parseId(session.id) as Uint8Array,
      owners: [session.userId, session.impersonatorId].filter((id) => id !== null),
      controllers: new Set(),
      source: undefined,
      goodAt: now,
      doubts: 0,
      answeredDoubts: 0,
      lifetime: {
        from: now,
        ms:
          Math.min(session.expiresAt.getTime(), session.idleExpiresAt.getTime()) -
          session.readAt.getTime(),
      },
    }
    this.#watched.add(watched)
    this.#timer ??= setInterval(() => this.#tick(), tickMs).unref()
    return watched
  }

  #doubt(watched: Watched): void {
    const confirmedAt = this.#confirmedAt.get(watched.source ?? '')
    // Until then the feed has answered for it; now only a read can.
    if (watched.doubts === watched.answeredDoubts && confirmedAt !== undefined) {
      watched.goodAt = laterOf(watched.goodAt, confirmedAt)
    }
    watched.doubts += 1
    this.#doubtful.add(watched)
  }

  async #read(watched: Watched): Promise<void> {
    const now = this.#settings.readInstant()
    const ticket = this.#lease.ticket(now)
    const { doubts } = watched
    try {
      const found = await this.#settings.store.find(watched.id)
      if (!this.#watched.has(watched)) return
      if (found === undefined || deathOf(found, this.#settings.policy) !== undefined) {
        return this.#end(watched, new CloakroomError('session_ended', 'The session has ended.'))
      }
      this.#renew(watched, found, now)
      if (this.#lease.isCurrent(ticket)) watched.answeredDoubts = doubts
      else this.#repeat(watched)
    } catch (error) {
      // The next tick reads it again, or ends it.
      this.#settings.onError(error)
    }
  }

  /** A feed has begun meanwhile, which does not tell what was before it, and the answer may be older. */
  #repeat(watched: Watched): void {
    watched.doubts += 1
    this.#doubtful.add(watched)
  }

  #renew(watched: Watched, { session, source = '', now }: Found, readAt: Instant): void {
    const { policy } = this.#settings
    watched.source = source
    watched.goodAt = laterOf(watched.goodAt, readAt)
    const endsAt = Math.min(expiresAt(session, policy), idleExpiresAt(session, policy))
    watched.lifetime = { from: readAt, ms: endsAt - now }
  }

  #tick(): void {
    const now = this.#settings.readInstant()
    const { leaseMs } = this.#settings
    for (const each of this.#watched.all()) {
      const age = this.#isCovered(each, now) ? 0 : ageOf(each.goodAt, now)
      if (age > leaseMs) {
        const message = 'For longer than the lease nobody could say whether the session lives.'
        this.#end(each, new CloakroomError('store_unavailable', message))
        continue
      }
      const unreadMs = ageOf(each.lifetime.from, now)
      if (age > leaseMs / 2 || unreadMs >= Math.min(each.lifetime.ms, longestUnreadMs)) {
        this.#doubtful.add(each)
      }
    }
  }

  /** Whether the feed would have told, had it ended. */
  #isCovered({ source, doubts, answeredDoubts }: Watched, now: Instant): boolean {
    if (typeof source !== 'string' || doubts !== answeredDoubts) return false
    return this.#lease.covers(source, now)
  }

  #end(watched: Watched, reason: CloakroomError): void {
    this.#forget(watched)
    for (const controller of watched.controllers) controller.abort(reason)
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched)
    if (this.#watched.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}

function laterOf(a: Instant, b: Instant): Instant {
  return a.monotonic > b.monotonic ? a : b
}
