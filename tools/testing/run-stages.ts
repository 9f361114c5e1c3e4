// Runs the chosen stages, one after the other, and goes on when one fails.
import { isChosen, type TestOptions } from './options.ts'
import {
  failedOnce,
  type Outcome,
  type Stage,
  type StageContext,
  type StageResult,
} from './stage.ts'
import { seconds } from './summary.ts'

export async function runStages(
  stages: readonly Stage[],
  options: TestOptions,
  signal: AbortSignal,
): Promise<StageResult[]> {
  const results: StageResult[] = []
  for (const stage of stages) {
    if (!isChosen(stage, options) || signal.aborted) continue
    console.log(`\n=== ${stage.name}: ${stage.about}`)
    const startedAt = performance.now()
    const outcome = await runStage(stage, { match: options.match, signal })
    const durationMs = performance.now() - startedAt
    console.log(
      `--- ${stage.name} ${outcome.failed === 0 ? 'ok' : 'FAILED'}, ${seconds(durationMs)}`,
    )
    results.push({ name: stage.name, outcome, durationMs })
  }
  return results
}

async function runStage(stage: Stage, context: StageContext): Promise<Outcome> {
  try {
    return await stage.run(context)
  } catch (error) {
    console.log(error)
    return failedOnce
  }
}
