// A stage that runs test files with node:test, each in a process of its own.
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { run } from 'node:test'
import { type SharedServerName, shareServers } from '../servers/shared-servers.ts'
import { requireSystemPackage, type SystemPackageName } from '../system-packages.ts'
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
  /** Servers that run for as long as the files do. */
  readonly servers?: readonly SharedServerName[]
  /** Files at once; 2 unless told. */
  readonly concurrency?: number
}

export function testStage(name: string, about: string, tests: TestFiles): Stage {
  let all: readonly string[] | undefined
  const filesWith = (part: string) => {
    all ??= findFiles(tests)
    return all.filter((file) => file.includes(part))
  }
  return {
    name,
    about,
    matches: (part) => filesWith(part).length > 0,
    async run({ match = '', signal }) {
      const files = filesWith(match)
      if (files.length === 0) return fail('there is no test file')
      const servers = await startNeeds(tests).catch((error: Error) => error.message)
      if (typeof servers === 'string') return fail(servers)
      try {
        return await runFiles(files, tests.concurrency ?? 2, signal)
      } finally {
        await servers.stop()
      }
    },
  }
}

function fail(reason: string): Outcome {
  console.log(`failed: ${reason}`)
  return failedOnce
}

async function startNeeds({ needs = [], servers = [] }: TestFiles) {
  for (const need of needs) requireSystemPackage(need)
  const started = await shareServers(servers)
  for (const title of started.titles) console.log(`with ${title}`)
  return started
}

function findFiles({ files, except = [] }: TestFiles): string[] {
  const exclude = [...except, '**/node_modules/**', '**/dist/**']
  return globSync(files, { cwd: root, exclude }).sort()
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
