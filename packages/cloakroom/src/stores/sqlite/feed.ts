import { type ReadInstant, readInstant } from '../../core/instant.ts'
import type { FeedListener, RevocationFeed } from '../../core/revocation-feed.ts'
import { sqliteDialect } from './dialect.ts'
import type { Connection } from './handle.ts'
import { isBusy } from './lock.ts'

export interface DataVersionFeedOptions {
  readonly connection: Connection
  /** The attached databases that hold what a verification reads. */
  readonly schemas: readonly string[]
  readonly pollMs: number
  readonly readInstant?: ReadInstant
}

const source = ''

/**
 * Hears that some other connection, of this process or another, has committed something: SQLite counts
 * such commits, and tells no more of them. What this handle itself changes does not count.
 */
export function dataVersionFeed({
  connection,
  schemas,
  pollMs,
  readInstant: now = readInstant,
}: DataVersionFeedOptions): RevocationFeed {
  const statements = [...new Set(schemas)].map((schema) =>
    connection.prepare(`pragma ${sqliteDialect.quote(schema)}.data_version`),
  )
  let timer: NodeJS.Timeout | undefined
  /** As they were at the last poll; undefined while the feed does not listen. */
  let known: string | undefined

  function poll(listener: FeedListener): void {
    const startedAt = now()
    let versions: string
    try {
      // Inside a transaction the versions are those of its beginning, and would prove nothing.
      if (connection.inTransaction()) return
      versions = statements.map((statement) => statement.get()?.[0]).join()
    } catch (error) {
      // Who holds the lock has yet to commit. The lease tells how long one may wait for that.
      if (isBusy(error)) return
      if (known !== undefined) listener.lost(source, error)
      known = undefined
      return
    }
    if (known === undefined) listener.listening(source)
    else if (known !== versions) listener.invalidated({ everybody: true })
    known = versions
    listener.confirmed(source, startedAt)
  }

  return {
    heartbeatMs: pollMs,
    start(listener) {
      timer = setInterval(poll, pollMs, listener).unref()
      poll(listener)
    },
    async close() {
      clearInterval(timer)
    },
  }
}
