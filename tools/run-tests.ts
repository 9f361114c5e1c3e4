// `npm test`: runs every check there is, one stage after the other, goes on after a failure, and
// ends with a line that a person and a script can both read. Started by test.mjs, which finds
// the Node for it.
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { parseOptions, UsageError } from './testing/options.ts'
import { root } from './testing/root.ts'
import { runStages } from './testing/run-stages.ts'
import { stages } from './testing/stages.ts'
import { printSummary } from './testing/summary.ts'

const exitCodes = { usage: 2, SIGINT: 130, SIGTERM: 143 }

async function main(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), stages)
  // Nothing may depend on it, and the tests must not be able to hide that something does.
  delete process.env.NODE_ENV
  // Hundreds of processes load the same modules, each of which would strip and compile them anew.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/node-compile')
  const seed = chooseSeed()
  console.log(`Seed ${seed}`)
  const interruption = new AbortController()
  let exitCode: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      exitCode = exitCodes[signal]
      interruption.abort()
    })
  }
  const results = await runStages(stages, options, interruption.signal)
  printSummary({ stages, results, options, seed, isInterrupted: interruption.signal.aborted })
  return exitCode ?? (results.every(({ outcome }) => outcome.failed === 0) ? 0 : 1)
}

// Every test draws its randomness from this, so that a failure can be had again.
function chooseSeed(): string {
  process.env.CLOAKROOM_TEST_SEED ??= String(randomInt(2 ** 32))
  return process.env.CLOAKROOM_TEST_SEED
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(error.message)
  process.exitCode = exitCodes.usage
}
