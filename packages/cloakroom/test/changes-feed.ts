import type { Pool, RowDataPacket } from 'mysql2/promise'
import type { Instant } from '../src/core/instant.ts'
import type { RevocationFeed } from '../src/core/revocation-feed.ts'
import { createDatabase } from '../src/stores/mysql/database.ts'
import { toCallbackPool } from '../src/stores/mysql/driver.ts'
import { type ChangeLog, createChangeLog } from '../src/stores/mysql/feed/change-log.ts'
import { changesFeed } from '../src/stores/mysql/feed/changes-feed.ts'
import { guardExpression } from '../src/stores/mysql/transaction.ts'

/** What of a process counts for its feed: its pool and its clocks. */
export interface FeedProcess {
  readonly feed: RevocationFeed
  /** Both of its clocks go forward. */
  pass(minutes: number): void
  /** Somebody sets its wall clock. */
  setForward(minutes: number): void
}

/**
 * A feed of MySQL by clocks of its own.
 *
 * @param delayAnswer What each answer waits for on its way from the server.
 */
export function feedProcess(
  pool: Pool,
  schema: string,
  delayAnswer: () => Promise<void> = async () => {},
): FeedProcess {
  let [monotonicMs, wallMs] = [0, 0]
  const readInstant = (): Instant => ({
    monotonic: performance.now() + monotonicMs,
    wall: Date.now() + wallMs,
  })
  const log = createChangeLog({
    database: createDatabase(toCallbackPool(pool), 60_000),
    schema: { prefix: 'cloakroom_', userIdType: 'integer', database: schema },
    guard: guardExpression(true),
  })
  async function read(): ReturnType<ChangeLog['read']> {
    const changes = await log.read()
    await delayAnswer()
    return changes
  }
  return {
    feed: changesFeed({ log: { ...log, read }, pollMs: 20, readInstant }),
    pass(minutes) {
      monotonicMs += minutes * 60_000
      wallMs += minutes * 60_000
    },
    setForward(minutes) {
      wallMs += minutes * 60_000
    },
  }
}

export async function countChanges(pool: Pool): Promise<number> {
  const [rows] = await pool.query<RowDataPacket[]>('select count(*) as n from cloakroom_changes')
  return Number(rows[0]?.n)
}
