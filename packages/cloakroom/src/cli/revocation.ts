import { formatId } from '../core/session-id.ts'
import type { Durability } from '../core/store.ts'
import { CommandError } from './command-error.ts'
import type { OptionValues } from './command-options.ts'

/** Ends sessions and returns their ids; waits for replicas if told to, which not every store can. */
export async function endSessions(
  { replicated }: OptionValues,
  end: (durability: Durability | undefined) => Promise<Uint8Array[]>,
): Promise<string[]> {
  try {
    const ended = await end(replicated && { replicated })
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
