// All that a report says, in whatever form.
import type { Checklist } from '../checklist/fill-in.ts'
import type { MeasuredRate } from '../verdict/measured-rate.ts'
import type { Verdict } from '../verdict/verdict.ts'

export interface Report {
  readonly version: string
  readonly verdict: Verdict
  readonly checklist: Checklist
  /** Given with `--measured`. */
  readonly measured: MeasuredRate | undefined
  readonly files: number
  readonly lines: number
  /** Files that could not be read or parsed. */
  readonly broken: readonly { readonly path: string; readonly reason: string }[]
  /** Code in formats that are not read. */
  readonly notRead: readonly string[]
}
