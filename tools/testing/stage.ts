// What a stage of `npm test` is. `stages.ts` lists them.

export interface Stage {
  /** What `--only` and `--without` call it. */
  readonly name: string
  /** What it checks, in words: for its heading, and for the summary when it was switched off. */
  readonly about: string
  /** Whether it has test files with this in their path; absent where it has none at all. */
  matches?(part: string): boolean
  run(context: StageContext): Promise<Outcome>
}

export interface StageContext {
  /** Part of the path of the test files to run; `undefined`: all of them. */
  readonly match: string | undefined
  /** Aborted when the run is interrupted. */
  readonly signal: AbortSignal
}

/** Tests where the stage runs tests, otherwise one pass or one failure for the whole of it. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

export interface StageResult {
  readonly name: string
  readonly outcome: Outcome
  readonly durationMs: number
}

export const passedOnce: Outcome = { passed: 1, failed: 0, skipped: 0 }
export const failedOnce: Outcome = { passed: 0, failed: 1, skipped: 0 }
