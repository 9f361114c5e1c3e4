import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

/** What the database has a part in. All of it runs on SQLite without being asked. */
const suite = [
  'src/accounts/audit-log.test.ts',
  'src/accounts/throttle.test.ts',
  'src/database/database.test.ts',
  'test/administration.test.ts',
  'test/boot.test.ts',
  'test/cache.test.ts',
  'test/invites.test.ts',
  'test/oauth/ended-sessions.test.ts',
  'test/oauth/refresh.test.ts',
  'test/own-account.test.ts',
  'test/setup.test.ts',
  'test/sign-in-races.test.ts',
  'test/throttle-threads.test.ts',
  'test/throttle.test.ts',
  'test/workers.test.ts',
]

/** Runs the service's own tests once more, on servers that these variables name. */
export function runSuite(
  name: string,
  environment: Readonly<Record<string, string>>,
  except: readonly string[] = [],
): void {
  for (const file of suite) {
    if (except.includes(file)) continue
    test(`${file} on ${name}`, () => runFile(file, environment))
  }
}

const run = promisify(execFile)

async function runFile(file: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const { NODE_TEST_CONTEXT, ...inherited } = process.env
  try {
    await run(
      process.execPath,
      ['--conditions=cloakroom-source', '--test', '--test-reporter=spec', file],
      { cwd: join(import.meta.dirname, '..'), env: { ...inherited, ...environment } },
    )
  } catch (error) {
    const { stdout } = error as { stdout?: string }
    assert.fail(stdout?.replace(/^.*?failing tests:/s, '') ?? String(error))
  }
}
