import { setTimeout as delay } from 'node:timers/promises'
import { ageOf, readInstant } from '../../../core/instant.ts'
import type { FeedListener, Invalidation } from '../../../core/revocation-feed.ts'
import type { Bucket } from '../keys.ts'
import type { Primary, Reply } from '../link.ts'
import type { RequiredReplicas } from './required-replicas.ts'
import { type Tracking, type TrackingOptions, trackPrimary } from './tracking.ts'

export interface WatchOptions extends TrackingOptions {
  readonly heartbeatMs: number
  readonly required: RequiredReplicas
  readonly toInvalidation: (changed: Reply) => Invalidation
  /** Called when it could not be heard. */
  readonly onFailure: (bucket: Bucket) => void
}

/** Hears one primary, and begins again whenever that fails. */
export interface Watch {
  close(): void
}

const longestPauseMs = 5000

export function watchPrimary(
  primary: Primary,
  listener: FeedListener,
  options: WatchOptions,
): Watch {
  const { heartbeatMs, required, toInvalidation, onFailure } = options
  const closing = new AbortController()
  let bucket: Bucket = '000'
  let isTold = false

  async function run(): Promise<void> {
    let failures = 0
    while (!closing.signal.aborted) {
      failures = (await listen()) ? 0 : failures + 1
      if (closing.signal.aborted) return
      onFailure(bucket)
      const pauseMs = Math.min(50 * 2 ** failures, longestPauseMs)
      await pause(pauseMs * (0.5 + Math.random() / 2), closing.signal).catch(() => undefined)
    }
  }

  /** Listens until something fails; returns whether it has ever confirmed. */
  async function listen(): Promise<boolean> {
    let tracking: Tracking | undefined
    let isListening = false
    let isConfirmed = false
    try {
      tracking = await trackPrimary(primary, options, (changed) => {
        // What is read before this feed listens is not kept, so that nothing need be heard of it.
        if (isListening) listener.invalidated(toInvalidation(changed))
      })
      bucket = tracking.place.bucket
      closing.signal.addEventListener('abort', tracking.close)
      closing.signal.throwIfAborted()
      isListening = true
      listener.listening(tracking.place.source)
      for (;;) {
        const startedAt = readInstant()
        await tracking.confirm(required)
        listener.confirmed(tracking.place.source, startedAt)
        isConfirmed = true
        await pause(heartbeatMs - ageOf(startedAt, readInstant()), tracking.ended)
      }
    } catch (error) {
      // Also why it could not begin, but not again and again.
      if (isListening || !isTold) listener.lost(tracking?.place.source ?? '', error)
      isTold = true
    } finally {
      if (tracking !== undefined) closing.signal.removeEventListener('abort', tracking.close)
      tracking?.close()
    }
    return isConfirmed
  }

  void run()
  return { close: () => closing.abort() }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(Math.max(0, ms), undefined, { ref: false, signal })
  } catch {
    throw signal.reason
  }
}
