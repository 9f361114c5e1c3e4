import { readInstant } from '../../core/instant.ts'
import type { FeedListener, Invalidation, RevocationFeed } from '../../core/revocation-feed.ts'
import type { UserId } from '../../core/user.ts'
import { until } from './until.ts'

export type Heard =
  | { readonly kind: 'listening' | 'lost'; readonly source: string }
  | { readonly kind: 'confirmed'; readonly source: string; readonly startedAt: number }
  | { readonly kind: 'invalidated'; readonly what: Invalidation }

/** Writes down everything that a feed tells. */
export class RecordingListener implements FeedListener {
  readonly heard: Heard[] = []

  listening(source: string): void {
    this.heard.push({ kind: 'listening', source })
  }

  invalidated(what: Invalidation): void {
    this.heard.push({ kind: 'invalidated', what })
  }

  confirmed(source: string, { monotonic }: { monotonic: number }): void {
    this.heard.push({ kind: 'confirmed', source, startedAt: monotonic })
  }

  lost(source: string): void {
    this.heard.push({ kind: 'lost', source })
  }

  /** What was invalidated so far. */
  get invalidations(): Invalidation[] {
    return this.heard.flatMap((each) => (each.kind === 'invalidated' ? [each.what] : []))
  }

  /** Whatever it has ever listened to. */
  get sources(): Set<string> {
    return new Set(this.heard.flatMap((each) => (each.kind === 'listening' ? [each.source] : [])))
  }

  /** Whether something of what was heard, from here to there, says that the session may have changed. */
  covers(session: { id: Uint8Array; userId: UserId | null }, from = 0, to?: number): boolean {
    return this.heard
      .slice(from, to)
      .some((each) => each.kind === 'invalidated' && concerns(each.what, session))
  }

  /** Waits until every source that listens has confirmed a round trip that begins after now. */
  async untilConfirmed(): Promise<void> {
    const { monotonic } = readInstant()
    await until(`every source confirms after ${monotonic}`, () => {
      const at = this.#confirmations()
      return at.size > 0 && [...at.values()].every((startedAt) => startedAt > monotonic)
    })
  }

  until(what: string, condition: () => boolean): Promise<void> {
    return until(what, condition)
  }

  #confirmations(): Map<string, number> {
    const at = new Map<string, number>()
    for (const each of this.heard) {
      if (each.kind === 'listening') at.set(each.source, -1)
      if (each.kind === 'lost') at.delete(each.source)
      if (each.kind === 'confirmed') at.set(each.source, each.startedAt)
    }
    return at
  }
}

export function concerns(
  what: Invalidation,
  { id, userId }: { id: Uint8Array; userId: UserId | null },
): boolean {
  if ('everybody' in what) return true
  if ('userIds' in what) return userId !== null && what.userIds.includes(userId)
  return what.sessionIds.some((each) => Buffer.compare(each, id) === 0)
}

/** A listener to the feed, once each of its sources has confirmed everything until now. */
export async function listenTo(
  feed: RevocationFeed | undefined,
  sources = 1,
): Promise<RecordingListener> {
  if (feed === undefined) throw new Error('The harness opened a store without a feed')
  const listener = new RecordingListener()
  feed.start(listener)
  await until('it listens', () => listener.sources.size >= sources)
  await listener.untilConfirmed()
  return listener
}
