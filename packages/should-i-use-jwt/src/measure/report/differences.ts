import type { Estimate } from '../../measuring/bootstrap.ts'
import { referenceId } from '../contenders/reference.ts'
import type { ContenderFigures, Figures } from '../figures.ts'
import { usualConcurrency } from '../workloads.ts'
import { formatRatio } from './format.ts'
import { workloadOf } from './pick.ts'

/**
 * Whether a ratio to the reference means anything: its interval (95 %) leaves out equality, and all that
 * the reference differs from itself by.
 */
function isMeaningful({ low, high }: Estimate, noise: Estimate): boolean {
  return low > Math.max(1, noise.high) || high < Math.min(1, noise.low)
}

/** `1.24×`, or `≈ 1.02×` where that means nothing; empty for the reference itself. */
export function describeRatio({ id }: ContenderFigures, ratio: Estimate, noise: Estimate): string {
  if (id === referenceId) return ''
  return `${isMeaningful(ratio, noise) ? '' : '≈ '}${formatRatio(ratio.median)}`
}

/** Names of contenders whose rate is not known to be another than the reference's. */
export function indistinguishable({ contenders, concurrencies, noise }: Figures): string[] {
  const concurrency = usualConcurrency(concurrencies)
  return contenders
    .filter(({ id }) => id !== referenceId)
    .filter((contender) => !isMeaningful(workloadOf(contender, 'load', concurrency).ratio, noise))
    .map(({ name }) => name)
}
