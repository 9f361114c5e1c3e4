import type { Ratio } from './summary.ts'
import { formatRatio } from './table.ts'

/** What was promised of a ratio, and what it is. */
export interface Verdict {
  readonly what: string
  readonly promise: string
  readonly ratio: Ratio
  readonly isMet: boolean
}

export function atMost(limit: number, what: string, ratio: Ratio): Verdict {
  return { what, promise: `at most ${limit}×`, ratio, isMet: ratio.median <= limit }
}

export function atLeast(limit: number, what: string, ratio: Ratio): Verdict {
  return { what, promise: `at least ${limit}×`, ratio, isMet: ratio.median >= limit }
}

export function renderVerdict({ what, promise, ratio, isMet }: Verdict): string {
  const { median, p25, p75 } = ratio
  const spread = `half of the rounds from ${formatRatio(p25)} to ${formatRatio(p75)}`
  return `${isMet ? 'met   ' : 'MISSED'}  ${what}: ${formatRatio(median)}, promised ${promise} (${spread})`
}
