// A stage that runs test files with node:test, each in a process of its own.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { ensureSystemPackage, type SystemPackageName } from '../system-packages.ts'
import { root } from './root.ts'
import { failedOnce, type Outcome, type Stage } from './stage.ts'
import { reportTests } from './test-report.ts'

// A test that waits for what never comes fails by its own name ...
const testLimitMs = 120_000
// ... and a file that does not end afterwards cannot hold up the run for ever.
const stageLimitMs = 480_000

export interface TestFiles {
  /** Patterns, from the repository. */
  readonly files: readonly string[]
  readonly except?: readonly string[]
  /** Programs of the system without which the stage fails. */
  readonly needs?: readonly SystemPackageName[]
  /** Files at once; 2 unless told. */
  readonly concurrency?: number
}

export function testStage(name: string, about: string, tests: TestFiles): Stage {
  return {
    name,
    about,
    matches: (part) => findFiles(tests, part).length > 0,
    async run({ match, signal }) {
      const files = findFiles(tests, match)
      const problem = files.length === 0 ? 'there is no test file' : firstMissing(tests)
      if (problem === undefined) return await runFiles(files, tests.concurrency ?? 2, signal)
      console.log(`failed: ${problem}`)
      return failedOnce
    },
  }
}

function firstMissing({ needs = [] }: TestFiles): string | undefined {
  for (const need of needs) {
    const problem = ensureSystemPackage(need)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findFiles({ files, except = [] }: TestFiles, part = ''): string[] {
  const exclude = [...except, '**/node_modules/**', '**/dist/**']
  const found = globSync(files, { cwd: root, exclude })
  return found.filter((file) => file.includes(part)).sort()
}

async function runFiles(
  files: readonly string[],
  concurrency: number,
  interruption: AbortSignal,
): Promise<Outcome> {
  const limit = AbortSignal.timeout(stageLimitMs)
  const stream = run({
    files: files.map((file) => join(root, file)),
    concurrency,
    timeout: testLimitMs,
    signal: AbortSignal.any([interruption, limit]),
  })
  const outcome = await reportTests(stream)
  if (limit.aborted) console.log(`failed: not done after ${stageLimitMs / 60_000} minutes`)
  return outcome
}
