import { LRUCache } from 'lru-cache'
import type { Instant } from '../core/instant.ts'
import type { Invalidation } from '../core/revocation-feed.ts'
import { formatId } from '../core/session-id.ts'
import type { Found } from '../core/store.ts'
import type { UserId } from '../core/user.ts'
import type { Remembered } from '../core/verification-cache.ts'

/** What was read of a session. */
export interface Kept extends Remembered {
  found: Found
  now: number
  /** When the read was sent. */
  readonly readAt: Instant
  readonly source: string
}

/** The sessions that are kept, the least recently used leaving first, and how to find them again. */
export class KeptSessions {
  readonly #kept: LRUCache<string, Kept>
  readonly #keyOfSession = new Map<string, string>()
  readonly #keysOfUser = new Map<UserId, Set<string>>()

  constructor(maxSessions: number) {
    this.#kept = new LRUCache({
      max: maxSessions,
      dispose: ({ found }, key) => this.#forget(key, found),
    })
  }

  get size(): number {
    return this.#kept.size
  }

  get(key: string): Kept | undefined {
    return this.#kept.get(key)
  }

  set(key: string, found: Found, source: string, readAt: Instant): void {
    const id = formatId(found.session.id)
    // Of a secret that was rotated away meanwhile.
    const former = this.#keyOfSession.get(id)
    if (former !== undefined) this.#kept.delete(former)
    this.#kept.delete(key)
    this.#kept.set(key, {
      found: shareable(found),
      now: found.now,
      memo: undefined,
      readAt,
      source,
    })
    this.#keyOfSession.set(id, key)
    for (const user of usersOf(found)) {
      const keys = this.#keysOfUser.get(user)
      if (keys === undefined) this.#keysOfUser.set(user, new Set([key]))
      else keys.add(key)
    }
  }

  evict(what: Invalidation): void {
    if ('everybody' in what) {
      this.#kept.clear()
      return
    }
    const keys =
      'sessionIds' in what
        ? what.sessionIds.flatMap((id) => this.#keyOfSession.get(formatId(id)) ?? [])
        : what.userIds.flatMap((id) => [...(this.#keysOfUser.get(id) ?? [])])
    for (const key of keys) this.#kept.delete(key)
  }

  /** Forgets what one server has answered. */
  evictSource(source: string): void {
    for (const [key, kept] of [...this.#kept.entries()]) {
      if (kept.source === source) this.#kept.delete(key)
    }
  }

  #forget(key: string, found: Found): void {
    const id = formatId(found.session.id)
    if (this.#keyOfSession.get(id) === key) this.#keyOfSession.delete(id)
    for (const user of usersOf(found)) {
      const keys = this.#keysOfUser.get(user)
      keys?.delete(key)
      if (keys?.size === 0) this.#keysOfUser.delete(user)
    }
  }
}

/** Whose block, log-out or deactivation ends the session. */
function usersOf({ session }: Found): UserId[] {
  return [session.userId, session.impersonatorId].filter((id) => id !== null)
}

/**
 * Requests share what is kept: what one of them changed, the next would see. An object of the
 * application's own class is its own affair.
 */
function shareable(found: Found): Found {
  const { user } = found
  const isPlain = user !== undefined && Object.getPrototypeOf(user) === Object.prototype
  Object.freeze(found.session.methods)
  return isPlain ? { ...found, user: Object.freeze({ ...user }) } : found
}
