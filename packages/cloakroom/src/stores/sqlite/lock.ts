import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from '../../errors.ts'
import type { Connection } from './handle.ts'

/** Runs statements without making the event loop wait for another process's lock. */
export interface Lock {
  /** One statement that only reads. */
  read<Result>(work: () => Result): Promise<Result>
  /** A transaction: all of it or nothing. `work` must not await. */
  write<Result>(work: () => Result): Promise<Result>
}

/**
 * SQLite itself may sleep for this long over a lock, in the way of everything else in the process.
 * Enough for a commit in another process to pass by; whatever takes longer is waited for here.
 */
export const busyTimeoutMs = 5

export function createLock(connection: Connection, lockTimeoutMs: number): Lock {
  let lastWrite: Promise<unknown> = Promise.resolve()

  async function whenFree<Result>(
    work: () => Result,
    start: number = performance.now(),
  ): Promise<Result> {
    for (let wait = 1; ; wait = Math.min(wait * 2, 50)) {
      let refusal: unknown
      try {
        // In somebody else's transaction a read could be of an old snapshot, and a write could be
        // rolled back after it was reported as done.
        if (!connection.inTransaction()) return work()
      } catch (error) {
        if (!isBusy(error)) throw unavailable('SQLite failed', error)
        refusal = error
      }
      if (performance.now() - start > lockTimeoutMs) throw stillLocked(refusal)
      await delay(wait * (0.5 + Math.random()))
    }
  }

  return {
    read: (work) => whenFree(work),
    write(work) {
      const start = performance.now()
      // One after the other: each try may block for a busy timeout, and a hundred that wait for the
      // same lock would block for a hundred.
      const written = lastWrite.then(() => whenFree(() => transact(work), start))
      lastWrite = written.catch(() => undefined)
      return written
    },
  }

  function transact<Result>(work: () => Result): Result {
    connection.exec('begin immediate')
    try {
      const result = work()
      connection.exec('commit')
      return result
    } catch (error) {
      // SQLite rolls some failures back by itself.
      if (connection.inTransaction()) connection.exec('rollback')
      throw error
    }
  }
}

function stillLocked(refusal: unknown): CloakroomError {
  return refusal === undefined
    ? unavailable('The handle has an open transaction. Give Cloakroom a connection of its own')
    : unavailable('The database is locked by another connection', refusal)
}

function unavailable(message: string, cause?: unknown): CloakroomError {
  if (cause instanceof CloakroomError) return cause
  return new CloakroomError('store_unavailable', `${message}.`, { cause })
}

const busy = 5
const locked = 6

/** SQLITE_BUSY and SQLITE_LOCKED, with their extended codes, as either driver tells of them. */
export function isBusy(error: unknown): boolean {
  const { errcode, code } = (error ?? {}) as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return (errcode & 0xff) === busy || (errcode & 0xff) === locked
  return typeof code === 'string' && /^SQLITE_(?:BUSY|LOCKED)/.test(code)
}
