import type { Place } from './place.ts'

/** How many replicas must follow a primary for what it says to count. */
export type RequiredReplicas = (place: Place) => number

/**
 * All that may be promoted. A primary that was replaced while it stood still has none any more, and does
 * not know that they are not gone: so outside of a cluster, where nobody lists them, those count that a
 * server has ever had, until it is started again.
 */
export function allReplicas(isCluster: boolean): RequiredReplicas {
  const highest = new Map<string, number>()
  return ({ runId, replicas }) => {
    if (isCluster) return replicas
    highest.set(runId, Math.max(replicas, highest.get(runId) ?? 0))
    return highest.get(runId) ?? 0
  }
}
