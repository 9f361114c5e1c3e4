import type { Timeouts } from '../../core/store.ts'
import type { Query } from './connection.ts'

/**
 * Keeps what `cloakroom_verify` goes by where the statement that calls it says nothing: the timeouts
 * of the application that was opened last, never rounded up.
 */
export async function recordTimeouts(
  query: Query,
  state: string,
  { idleTimeoutMs, absoluteTimeoutMs, nonPersistentTimeoutMs }: Timeouts,
): Promise<void> {
  const timeouts = [idleTimeoutMs, absoluteTimeoutMs, nonPersistentTimeoutMs]
  await query(
    `update ${state} set (idle_seconds, absolute_seconds, non_persistent_seconds) = ($1, $2, $3)
      where (idle_seconds, absolute_seconds, non_persistent_seconds) is distinct from ($1, $2, $3)`,
    timeouts.map((ms) => Math.floor(ms / 1000)),
  )
}
