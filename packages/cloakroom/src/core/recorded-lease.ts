import type { Store } from './store.ts'

/** Sees to it that whoever revokes can read how long this process's lease is, before it uses it. */
export interface RecordedLease {
  readonly isRecorded: boolean
  /** Begins to record it, unless that is under way. */
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
  let recorded: number | undefined
  let recording: number | undefined
  return {
    get isRecorded() {
      return recorded === generation
    },
    record() {
      if (recording === generation) return
      const wanted = generation
      recording = wanted
      store.largestLease(leaseMs).then(
        () => {
          recorded = wanted
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
