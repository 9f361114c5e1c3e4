import { type Policy, shortestTouchInterval, touchIsDue } from './policy.ts'
import { formatId } from './session-id.ts'
import type { Found, Store } from './store.ts'

/** Moves `lastSeenAt` forward behind the requests' backs: collected, and written together. */
export interface Toucher {
  seen(found: Found): void
  /** Writes what is collected. Never rejects: failures go to `onError`. */
  flush(): Promise<void>
  /** Writes what is collected and stops: what is seen afterwards is not touched. */
  close(): Promise<void>
}

const collectForMs = 1000
const largestBatch = 500

export function createToucher(
  store: Pick<Store, 'touch'>,
  policy: Policy,
  onError: (error: unknown) => void,
): Toucher {
  const collected = new Map<string, Uint8Array>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> | undefined
  let next: Promise<void> | undefined
  let closed = false

  // One write at a time, and one more that waits: while the database is locked, there is never more
  // in memory than there are sessions.
  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    if (writing === undefined) {
      writing = write().finally(() => {
        writing = undefined
      })
      return writing
    }
    next ??= writing.then(() => {
      next = undefined
      return flush()
    })
    return next
  }

  async function write(): Promise<void> {
    // In id order: two processes that touch the same rows then never wait for each other in a ring.
    const ids = [...collected].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id)
    collected.clear()
    try {
      for (let from = 0; from < ids.length; from += largestBatch) {
        await store.touch(ids.slice(from, from + largestBatch), shortestTouchInterval(policy))
      }
    } catch (error) {
      // The sessions are still due, so the next request of each collects it again.
      onError(error)
    }
  }

  return {
    seen(found) {
      if (closed || !touchIsDue(found, policy)) return
      const { id } = found.session
      collected.set(formatId(id), id)
      if (collected.size >= largestBatch) void flush()
      else timer ??= setTimeout(flush, collectForMs).unref()
    },
    flush,
    close() {
      closed = true
      return flush()
    },
  }
}
