import type { Instant } from '../instant.ts'
import type { Invalidation } from '../revocation-feed.ts'
import { formatId } from '../session-id.ts'
import type { UserId } from '../user.ts'

/** A session that somebody has a signal of. */
export interface Watched {
  readonly id: Uint8Array
  /** The user and the impersonator. */
  readonly owners: readonly UserId[]
  /** One for each snapshot whose signal was asked for. */
  readonly controllers: Set<AbortController>
  /** Which server's feed tells of it; `null`: none does. `undefined`: it has not been read yet. */
  source: string | null | undefined
  /** The last moment as of which it is known to have been live. */
  goodAt: Instant
  /** How often it became doubtful, and how many of those times a read has answered. */
  doubts: number
  answeredDoubts: number
  /** When it ends unless it is used: so many milliseconds after then. */
  lifetime: { readonly from: Instant; readonly ms: number }
}

/** The sessions that have signals, and how to find them by what a feed tells. */
export class WatchedSessions {
  readonly #bySession = new Map<string, Watched>()
  readonly #byUser = new Map<UserId, Set<Watched>>()

  get size(): number {
    return this.#bySession.size
  }

  all(): IterableIterator<Watched> {
    return this.#bySession.values()
  }

  get(id: string): Watched | undefined {
    return this.#bySession.get(id)
  }

  add(watched: Watched): void {
    this.#bySession.set(formatId(watched.id), watched)
    for (const owner of watched.owners) {
      const sessions = this.#byUser.get(owner)
      if (sessions === undefined) this.#byUser.set(owner, new Set([watched]))
      else sessions.add(watched)
    }
  }

  delete(watched: Watched): void {
    this.#bySession.delete(formatId(watched.id))
    for (const owner of watched.owners) {
      const sessions = this.#byUser.get(owner)
      sessions?.delete(watched)
      if (sessions?.size === 0) this.#byUser.delete(owner)
    }
  }

  has(watched: Watched): boolean {
    return this.#bySession.get(formatId(watched.id)) === watched
  }

  /** Those of which something was told. */
  concernedBy(what: Invalidation): Watched[] {
    if ('everybody' in what) return [...this.all()]
    if ('userIds' in what) return what.userIds.flatMap((id) => [...(this.#byUser.get(id) ?? [])])
    return what.sessionIds.flatMap((id) => this.#bySession.get(formatId(id)) ?? [])
  }
}
