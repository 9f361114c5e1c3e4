import { setTimeout as delay } from 'node:timers/promises'
import { ageOf, type Instant, readInstant } from '../core/instant.ts'
import type { AccessTokenClaims } from './access-token.ts'
import { endedRecord } from './ended-record.ts'
import { parseEvent } from './ended-sessions.ts'
import { readEvents } from './read-events.ts'

/**
 * - `live`: had its session ended, that would have been told.
 * - `ended`: its session has.
 * - `doubtful`: it is from before one listened; a new token of the session is not.
 * - `unheard`: nothing was confirmed within the lease.
 */
export type EndedJudgement = 'live' | 'ended' | 'doubtful' | 'unheard'

/** Knows which sessions have ended, as long as it can listen. */
export interface EndedSessionsFollower {
  /** Waits for the first connection only, to be made or to fail. Never rejects. */
  judge(claims: AccessTokenClaims): Promise<EndedJudgement>
  close(): Promise<void>
}

export interface FollowOptions {
  readonly url: string
  /** The value of the `Authorization` header, asked for at each connection. */
  readonly authorization: () => string | Promise<string>
  readonly leaseMs: number
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** Told why a connection was lost. */
  readonly onError: (error: unknown) => void
}

const firstPauseMs = 100
const longestPauseMs = 5000

export function followEndedSessions(options: FollowOptions): EndedSessionsFollower {
  const { url, leaseMs, clock } = options
  const record = endedRecord(() => performance.now())
  const closing = new AbortController()
  const instant = (): Instant => ({ ...readInstant(), wall: clock() })
  let since = Infinity
  let confirmed: Instant | undefined
  const { promise: firstTry, resolve: tried } = Promise.withResolvers<void>()

  function take(name: string, data: string): void {
    const event = parseEvent(name, data)
    if (event.name === 'ended') record.add(event.data)
    else if (event.name === 'listening') since = event.data.since
    else {
      // By the issuer's clock, which must agree with this one as it must for `exp`; and by this one's
      // monotonic clock, from when it was heard.
      confirmed = { ...instant(), wall: event.data.at }
      tried()
    }
  }

  async function listen(): Promise<void> {
    const silent = new AbortController()
    // What says nothing for a lease is of no use, whether or not the connection is still there.
    const timer = setTimeout(() => silent.abort(new Error('Nothing was heard')), leaseMs)
    try {
      const signal = AbortSignal.any([silent.signal, closing.signal])
      const headers = { accept: 'text/event-stream', authorization: await options.authorization() }
      const response = await fetch(url, { headers, signal, redirect: 'error' })
      const type = response.headers.get('content-type') ?? ''
      if (
        response.status !== 200 ||
        response.body === null ||
        !type.startsWith('text/event-stream')
      ) {
        await response.body?.cancel()
        throw new TypeError(`The issuer answered ${response.status} where its events should be`)
      }
      for await (const { name, data } of readEvents(response.body)) {
        take(name, data)
        timer.refresh()
      }
    } finally {
      clearTimeout(timer)
    }
  }

  async function listenForEver(): Promise<void> {
    for (let failures = 0; !closing.signal.aborted; ) {
      const confirmedBefore = confirmed
      // Ended by the other side, or lost: what was missed meanwhile is told at the next connection.
      await listen().catch((error: unknown) => {
        if (!closing.signal.aborted) options.onError(error)
      })
      tried()
      failures = confirmed === confirmedBefore ? failures + 1 : 0
      const pauseMs = Math.min(firstPauseMs * 2 ** failures, longestPauseMs)
      await delay(pauseMs * (0.5 + Math.random() / 2), undefined, { signal: closing.signal }).catch(
        () => undefined,
      )
    }
  }

  const listening = listenForEver()

  return {
    async judge(claims) {
      await firstTry
      if (record.hasEnded(claims)) return 'ended'
      if (confirmed === undefined || ageOf(confirmed, instant()) > leaseMs) return 'unheard'
      return claims.iat * 1000 < since ? 'doubtful' : 'live'
    },
    async close() {
      closing.abort()
      tried()
      await listening
    },
  }
}
