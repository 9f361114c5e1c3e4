import { type Instant, readInstant } from './instant.ts'
import type { Store } from './store.ts'

/** Sees to it that whoever revokes can read how long this process's lease is, before it uses it. */
export interface RecordedLease {
  /**
   * Whether it was recorded by then. Only a round trip that began later tells of whatever ended while the
   * record could still be read without this lease.
   */
  wasRecordedBy(instant: Instant): boolean
  /** Begins to record it, unless that is under way or done. */
  record(): void
  /** From now on it counts as not recorded: another server may answer, which was not told. */
  reset(): void
}

export function recordedLease(
  store: Pick<Store, 'largestLease'>,
  leaseMs: number,
  onError: (error: unknown) => void,
): RecordedLease {
  let generation = 0
  let recorded: { readonly generation: number; readonly at: Instant } | undefined
  let recording: number | undefined
  return {
    wasRecordedBy({ monotonic }) {
      return recorded?.generation === generation && recorded.at.monotonic <= monotonic
    },
    record() {
      if (recording === generation) return
      const wanted = generation
      recording = wanted
      store.largestLease(leaseMs).then(
        () => {
          if (wanted === generation) recorded = { generation, at: readInstant() }
        },
        (error: unknown) => {
          if (recording === wanted) recording = undefined
          onError(error)
        },
      )
    },
    reset() {
      generation += 1
    },
  }
}
