import type { RequestKind } from '../measuring/application.ts'
import type { Workload } from '../measuring/workload.ts'

interface WorkloadOptions {
  readonly concurrencies: readonly number[]
  readonly authenticated: number
}

/** What nobody has to look up. */
export const unauthenticatedKinds = ['missing', 'junk', 'expired', 'unknown'] as const

/** A client that asks once in three seconds renews its five-minute token once in a hundred requests. */
const refreshShare = 0.01

/** The load at which everything but the load itself is compared: the one in the middle. */
export function usualConcurrency(concurrencies: readonly number[]): number {
  return concurrencies[Math.floor(concurrencies.length / 2)] as number
}

export function workloadsOf({ concurrencies, authenticated }: WorkloadOptions): Workload[] {
  const concurrency = usualConcurrency(concurrencies)
  const strangers = (1 - authenticated) / unauthenticatedKinds.length
  const mixed: Partial<Record<RequestKind, number>> = { authenticated }
  for (const kind of unauthenticatedKinds) mixed[kind] = strangers
  return [
    ...concurrencies.map((each) => ({
      name: 'load',
      concurrency: each,
      path: '/',
      mix: { authenticated: 1 - refreshShare, refresh: refreshShare },
    })),
    { name: 'orders', concurrency, path: '/orders', mix: { authenticated: 1 } },
    { name: 'mix', concurrency, path: '/', mix: mixed },
    ...unauthenticatedKinds.map((kind) => ({
      name: kind,
      concurrency,
      path: '/',
      mix: { [kind]: 1 },
    })),
  ]
}
