import { median } from '../../measuring/statistics.ts'
import type { ContenderFigures, WorkloadFigures } from '../figures.ts'

export function workloadOf(
  { name, workloads }: ContenderFigures,
  workload: string,
  concurrency: number,
): WorkloadFigures {
  const isAsked = (each: WorkloadFigures) =>
    each.workload === workload && each.concurrency === concurrency
  const found = workloads.find(isAsked)
  if (found === undefined) throw new Error(`${name} was not measured with ${workload}`)
  return found
}

/** Seconds; `undefined`: no log-out is ever effective. */
export function revocationOf({ revocationSeconds }: ContenderFigures): number | undefined {
  return revocationSeconds === null ? undefined : median(revocationSeconds)
}
