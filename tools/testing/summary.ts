// The end of `npm test`: what ran, what did not, and the last line, alone and plain.
import { isChosen, type TestOptions } from './options.ts'
import type { Outcome, Stage, StageResult } from './stage.ts'

interface Run {
  readonly stages: readonly Stage[]
  readonly results: readonly StageResult[]
  readonly options: TestOptions
  readonly seed: string
  readonly isInterrupted: boolean
}

export function printSummary(run: Run): void {
  console.log(['', '=== summary', ...summaryLines(run)].join('\n'))
}

export function summaryLines({ stages, results, options, seed, isInterrupted }: Run): string[] {
  const failed = results.filter(({ outcome }) => outcome.failed > 0)
  const missing = stages.filter((stage) => !results.some(({ name }) => name === stage.name))
  return [
    ...results.map(resultLine),
    ...missing.map((stage) => missingLine(stage, options)),
    `Seed ${seed}: CLOAKROOM_TEST_SEED=${seed} npm test repeats it`,
    ...(isInterrupted ? ['Interrupted'] : []),
    ...(failed.length > 0 ? [`Failed: ${failed.map(({ name }) => name).join(', ')}`] : []),
    countLine(results),
  ]
}

function resultLine({ name, outcome, durationMs }: StageResult): string {
  const verdict = outcome.failed === 0 ? 'ok' : 'FAILED'
  return `${name.padEnd(8)} ${verdict.padEnd(6)} ${seconds(durationMs).padStart(8)}  ${counts(outcome)}`
}

function missingLine(stage: Stage, options: TestOptions): string {
  return `${stage.name.padEnd(8)} ${whyMissing(stage, options)}: ${stage.about}`
}

function whyMissing(stage: Stage, options: TestOptions): string {
  if (options.without.includes(stage.name)) return 'switched off by --without'
  return isChosen(stage, options) ? 'not reached' : 'not chosen'
}

function countLine(results: readonly StageResult[]): string {
  const sum = (key: keyof Outcome) =>
    results.reduce((total, { outcome }) => total + outcome[key], 0)
  return counts({ passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') })
}

function counts({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(1)} s`
}
