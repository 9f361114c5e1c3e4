import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'

const main = join(import.meta.dirname, '../src/main.ts')
const temporary = mkdtempSync(join(tmpdir(), 'cloakroom-bench-test-'))

function start(...typed: string[]) {
  return spawn(process.execPath, ['--conditions=cloakroom-source', main, ...typed], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

describe('npm run bench', () => {
  after(() => rmSync(temporary, { recursive: true }))

  it('lists the scenarios if none is named', async () => {
    const child = start()
    const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
    assert.equal(code, 0)
    assert.match(output, /^verify-sqlite$/m)
  })

  it('says what is wrong with its arguments', async () => {
    const child = start('verify-sqlite', '--sessions', 'many')
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
    assert.equal(code, 2)
    assert.match(errors, /--sessions.*many/)
  })

  for (const [signal, expected] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`stops at ${signal} in the middle of filling a database, and leaves no files`, async () => {
      const child = start('verify-sqlite', '--sessions', String(sessions))
      const exit = once(child, 'exit', { signal: AbortSignal.timeout(60_000) })
      try {
        await filling()
        const asked = performance.now()
        child.kill(signal)
        const [code] = await exit
        assert.equal(code, expected)
        assert.ok(performance.now() - asked < 10_000, 'it first finished what it was doing')
        assert.deepEqual(readdirSync(temporary), [])
      } finally {
        child.kill('SIGKILL')
      }
    })
  }
})

/** So many that filling the database takes a minute. */
const sessions = 1_000_000

/** Resolves once the users are there, and sessions are being added. */
async function filling(): Promise<void> {
  const enough = sessions * 10
  for (;;) {
    const [directory = ''] = readdirSync(temporary)
    const file = join(temporary, directory, 'cloakroom.db')
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > enough) return
    await delay(20)
  }
}
