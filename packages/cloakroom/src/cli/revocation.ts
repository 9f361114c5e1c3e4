import { formatId } from '../core/session-id.ts'
import { settle } from '../core/settle.ts'
import type { Durability, Store } from '../core/store.ts'
import { CommandError } from './command-error.ts'
import type { OptionValues } from './command-options.ts'

/**
 * Ends sessions and returns their ids; waits, if told to, for replicas, which not every store can, and for
 * the caches of all processes.
 */
export async function endSessions(
  store: Store,
  { replicated, settled }: OptionValues,
  end: (durability: Durability | undefined) => Promise<Uint8Array[]>,
): Promise<string[]> {
  try {
    const ended = await end(replicated && { replicated })
    if (settled) await settle(store)
    return ended.map(formatId)
  } catch (error) {
    if (!replicated || !(error instanceof TypeError)) throw error
    throw new CommandError('usage', error.message, { cause: error })
  }
}

/** `1 session`, `3 sessions`. */
export function countSessions(count: number): string {
  return `${count} ${count === 1 ? 'session' : 'sessions'}`
}
