import { setTimeout as delay } from 'node:timers/promises'
import { readInstant } from '../../../core/instant.ts'
import type { FeedListener, Invalidation, RevocationFeed } from '../../../core/revocation-feed.ts'
import { toCloakroomError } from '../failure.ts'
import type { Listen, Listening } from './listening.ts'

interface FeedParts {
  readonly listen: Listen
  readonly channel: string
  readonly read: (payload: string) => Invalidation
  readonly heartbeatMs: number
}

const source = ''
const shortestPauseMs = 50
const longestPauseMs = 2000

/**
 * One connection after the other. The next one is made when the last has failed in any way; nothing
 * of what one has heard is worth anything to the next.
 */
export function createFeed({ listen, channel, read, heartbeatMs }: FeedParts): RevocationFeed {
  const closing = new AbortController()
  let running: Promise<void> | undefined

  async function run(listener: FeedListener): Promise<void> {
    let failures = 0
    while (!closing.signal.aborted) {
      failures = (await attend(listener)) ? 1 : failures + 1
      const longest = Math.min(longestPauseMs, shortestPauseMs * 2 ** failures)
      // Jittered, so that not all processes come back at once.
      await pause(longest * (0.5 + Math.random() / 2), closing.signal)
    }
  }

  /** From one connection's beginning to its end. Resolves to whether it ever proved to be good. */
  async function attend(listener: FeedListener): Promise<boolean> {
    const over = new AbortController()
    let listening: Listening | undefined
    let isGood = false

    function end(): void {
      over.abort()
      listening?.close()
    }

    function fail(error: unknown): void {
      if (over.signal.aborted) return
      end()
      listener.lost(source, toCloakroomError(error))
    }

    function hear(payload: string): void {
      if (over.signal.aborted || listening === undefined) return
      try {
        listener.invalidated(read(payload))
      } catch (error) {
        fail(error)
      }
    }

    closing.signal.addEventListener('abort', end, { once: true })
    try {
      const opened = await listen(channel, { hear, fail })
      if (over.signal.aborted) {
        opened.close()
        return false
      }
      listening = opened
      listener.listening(source)
      while (!over.signal.aborted) {
        const startedAt = readInstant()
        await listening.prove()
        if (over.signal.aborted) break
        isGood = true
        listener.confirmed(source, startedAt)
        await pause(heartbeatMs - (readInstant().monotonic - startedAt.monotonic), over.signal)
      }
    } catch (error) {
      fail(error)
    } finally {
      closing.signal.removeEventListener('abort', end)
    }
    return isGood
  }

  return {
    heartbeatMs,
    start(listener) {
      running ??= run(listener)
    },
    async close() {
      closing.abort()
      await running
    },
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(Math.max(0, ms), undefined, { signal, ref: false }).catch(() => undefined)
}
