import { type Policy, shortestTouchInterval, touchIsDue } from './policy.ts'
import { formatId } from './session-id.ts'
import type { Found, Store } from './store.ts'

/** Moves `lastSeenAt` forward behind the requests' backs: collected, and written together. */
export interface Toucher {
  seen(found: Found): void
  /** Writes what is collected. Never rejects: failures go to `onError`. */
  flush(): Promise<void>
  /** Writes what is collected and stops. */
  close(): Promise<void>
}

const collectForMs = 1000
const largestBatch = 500

export function createToucher(
  store: Pick<Store, 'touch'>,
  policy: Policy,
  onError: (error: unknown) => void,
): Toucher {
  let collected = new Map<string, Uint8Array>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const batch = collected
    collected = new Map()
    if (batch.size > 0) writing = writing.then(() => write(batch))
    return writing
  }

  async function write(batch: ReadonlyMap<string, Uint8Array>): Promise<void> {
    // In id order: two processes that touch the same rows then never wait for each other in a ring.
    const ids = [...batch.keys()].sort().map((key) => batch.get(key) as Uint8Array)
    try {
      await store.touch(ids, shortestTouchInterval(policy))
    } catch (error) {
      // The sessions are still due, so the next request of each collects it again.
      onError(error)
    }
  }

  return {
    seen(found) {
      if (!touchIsDue(found, policy)) return
      const { id } = found.session
      collected.set(formatId(id), id)
      if (collected.size >= largestBatch) void flush()
      else timer ??= setTimeout(flush, collectForMs).unref()
    },
    flush,
    close: flush,
  }
}
