import { setTimeout as delay } from 'node:timers/promises'
import type { FeedListener, RevocationFeed } from '../../../core/revocation-feed.ts'
import type { Link, Primary } from '../link.ts'
import type { Parts } from '../snapshots.ts'
import { toInvalidation } from './changed-users.ts'
import { allReplicas } from './required-replicas.ts'
import { type Watch, type WatchOptions, watchPrimary } from './watch-primary.ts'

export interface FeedSettings extends Pick<WatchOptions, 'heartbeatMs'> {
  /** How many must follow a primary. `undefined`: all that it has. */
  readonly replicas: number | undefined
  readonly waitMs: number
  readonly timeoutMs: number
}

/** Hears every primary, of which each confirms for itself. */
export function createFeed(link: Link, parts: Parts, settings: FeedSettings): RevocationFeed {
  const { calls, keys, idType, isCluster } = parts
  const { heartbeatMs, replicas, waitMs, timeoutMs } = settings
  const watches = new Map<string, Watch>()
  const closing = new AbortController()
  let listener: FeedListener | undefined

  const told: FeedListener = {
    listening: (source) => listener?.listening(source),
    invalidated: (what) => listener?.invalidated(what),
    confirmed: (source, startedAt) => listener?.confirmed(source, startedAt),
    lost: (source, error) => listener?.lost(source, error),
  }

  const options: WatchOptions = {
    ...{ calls, keys, isCluster, heartbeatMs, waitMs, timeoutMs },
    required: replicas === undefined ? allReplicas(isCluster) : () => replicas,
    toInvalidation: (changed) => toInvalidation(changed, keys, idType),
    onFailure(bucket) {
      // On the driver's own connection, by which it learns where the primary is now.
      const key = keys.none(bucket)
      if (isCluster) calls.command(key, ['exists', key]).catch(() => undefined)
    },
  }

  /** Watches the primaries that the driver knows, which are those that it asks. */
  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      const primaries = await calls.limit(() => link.primaries()).catch(() => [])
      if (closing.signal.aborted) return
      if (primaries.length > 0) watch(primaries)
      const pause = { ref: false, signal: closing.signal }
      await delay(heartbeatMs, undefined, pause).catch(() => undefined)
    }
  }

  function watch(primaries: readonly Primary[]): void {
    const names = new Set(primaries.map(({ name }) => name))
    for (const [name, each] of watches) {
      if (names.has(name)) continue
      watches.delete(name)
      each.close()
    }
    for (const primary of primaries) {
      if (watches.has(primary.name)) continue
      watches.set(primary.name, watchPrimary(primary, told, options))
    }
  }

  return {
    heartbeatMs,
    start(started) {
      listener = started
      void follow()
    },
    async close() {
      listener = undefined
      closing.abort()
      for (const each of watches.values()) each.close()
      watches.clear()
    },
  }
}
