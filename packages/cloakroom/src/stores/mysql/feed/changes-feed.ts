import { ageOf, type Instant, type ReadInstant, readInstant } from '../../../core/instant.ts'
import type { FeedListener, Invalidation, RevocationFeed } from '../../../core/revocation-feed.ts'
import { type Change, type ChangeLog, mostChanges } from './change-log.ts'

export interface ChangesFeedOptions {
  readonly log: ChangeLog
  readonly pollMs: number
  readonly readInstant?: ReadInstant
}

/** A process deletes no change before it has itself seen it for as long. */
const keepMs = 10 * 60_000
/** Who has not read the log for longer may have missed one: with room for clocks that run unlike. */
const longestGapMs = keepMs / 2
const cleanEveryMs = 60_000
const source = ''

/**
 * Reads the whole log of changes again and again, and tells of those that were not there before. No
 * order of ids could tell which are new: what was begun earlier can be committed later.
 */
export function changesFeed({
  log,
  pollMs,
  readInstant: now = readInstant,
}: ChangesFeedOptions): RevocationFeed {
  /** When each change was first seen, by the monotonic clock: the other may be set forward. */
  let seen = new Map<string, number>()
  /** When the last poll began; undefined while the feed does not listen. */
  let confirmedAt: Instant | undefined
  let cleanedAt = now().monotonic
  let listener: FeedListener | undefined
  let timer: NodeJS.Timeout | undefined
  let polling: Promise<void> = Promise.resolve()

  async function poll(): Promise<void> {
    const startedAt = now()
    try {
      hear(startedAt, await log.read())
      if (listener !== undefined) await clean()
    } catch (error) {
      lose(error)
    }
    schedule(startedAt)
  }

  function hear(startedAt: Instant, changes: readonly Change[]): void {
    const readAt = now()
    // By when it was read, not sent: in between this process may have stood still.
    if (confirmedAt !== undefined && ageOf(confirmedAt, readAt) > longestGapMs) lose()
    const news = changes.filter(({ id }) => !seen.has(id))
    seen = new Map(changes.map(({ id }) => [id, seen.get(id) ?? readAt.monotonic]))
    if (confirmedAt === undefined) listener?.listening(source)
    else for (const each of toInvalidations(news)) listener?.invalidated(each)
    // Whatever else there is, it did not fit in.
    if (changes.length > mostChanges) listener?.invalidated({ everybody: true })
    confirmedAt = startedAt
    listener?.confirmed(source, startedAt)
  }

  function lose(error?: unknown): void {
    if (confirmedAt !== undefined) listener?.lost(source, error)
    confirmedAt = undefined
  }

  async function clean(): Promise<void> {
    if (seen.size > mostChanges) await log.condense()
    const { monotonic } = now()
    if (monotonic - cleanedAt < cleanEveryMs) return
    cleanedAt = monotonic
    const old = [...seen].filter(([, firstSeen]) => monotonic - firstSeen >= keepMs)
    await log.remove(old.map(([id]) => id))
  }

  function schedule(startedAt: Instant): void {
    if (listener === undefined) return
    const elapsedMs = now().monotonic - startedAt.monotonic
    timer = setTimeout(run, Math.max(0, pollMs - elapsedMs)).unref()
  }

  function run(): void {
    polling = poll()
  }

  return {
    heartbeatMs: pollMs,
    start(started) {
      listener = started
      run()
    },
    async close() {
      listener = undefined
      clearTimeout(timer)
      await polling
    },
  }
}

function toInvalidations(changes: readonly Change[]): Invalidation[] {
  const sessionIds = changes.flatMap(({ sessionId }) => sessionId ?? [])
  const userIds = changes.flatMap(({ userId }) => userId ?? [])
  const isEverybody = changes.some(({ sessionId, userId }) => sessionId === null && userId === null)
  return [
    ...(isEverybody ? [{ everybody: true } as const] : []),
    ...(sessionIds.length > 0 ? [{ sessionIds }] : []),
    ...(userIds.length > 0 ? [{ userIds }] : []),
  ]
}
