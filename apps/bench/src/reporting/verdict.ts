import type { Ratio } from './summary.ts'
import { formatRatio } from './table.ts'

/** What was promised of a ratio, and what it is. */
export interface Verdict {
  readonly claim: string
  readonly ratio: Ratio
  readonly isMet: boolean
}

export function atMost(limit: number, claim: string, ratio: Ratio): Verdict {
  return { claim: `${claim}: at most ${limit}×`, ratio, isMet: ratio.median <= limit }
}

export function atLeast(limit: number, claim: string, ratio: Ratio): Verdict {
  return { claim: `${claim}: at least ${limit}×`, ratio, isMet: ratio.median >= limit }
}

export function renderVerdict({ claim, ratio, isMet }: Verdict): string {
  const spread = `half of the rounds from ${formatRatio(ratio.p25)} to ${formatRatio(ratio.p75)}`
  return `${isMet ? 'met   ' : 'MISSED'}  ${claim}; it is ${formatRatio(ratio.median)} (${spread})`
}
