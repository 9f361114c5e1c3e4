import { readInstant } from './instant.ts'
import type { FeedListener, Invalidation, RevocationFeed } from './revocation-feed.ts'

export interface InProcessFeeds {
  /** One more that hears what is announced. */
  open(): RevocationFeed
  readonly announce: (what: Invalidation) => void
}

const heartbeatMs = 100
const source = ''

/** Feeds of a store that lives in this process: they cannot fail, and hear everything at once. */
export function inProcessFeeds(): InProcessFeeds {
  const listeners = new Set<FeedListener>()

  function open(): RevocationFeed {
    let listener: FeedListener | undefined
    let timer: NodeJS.Timeout | undefined

    function confirm(): void {
      listener?.confirmed(source, readInstant())
    }

    return {
      heartbeatMs,
      start(started) {
        listener = started
        listeners.add(started)
        started.listening(source)
        confirm()
        timer = setInterval(confirm, heartbeatMs).unref()
      },
      async close() {
        clearInterval(timer)
        if (listener !== undefined) listeners.delete(listener)
        listener = undefined
      },
    }
  }

  return {
    open,
    announce(what) {
      for (const listener of listeners) listener.invalidated(what)
    },
  }
}
