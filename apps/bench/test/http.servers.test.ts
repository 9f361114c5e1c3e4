import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'

const main = join(import.meta.dirname, '../src/main.ts')
const temporary = mkdtempSync(join(tmpdir(), 'cloakroom-bench-test-'))
const json = join(temporary, 'figures.json')

interface Figures {
  readonly routes: readonly {
    readonly path: string
    readonly applications: readonly { name: string; requestsPerSecond: number; p99: number }[]
  }[]
  readonly verdicts: readonly { readonly what: string }[]
}

describe('npm run bench -- http', () => {
  after(() => rmSync(temporary, { recursive: true }))

  it('runs, quickly: every application lets in whom it should, and is gone afterwards', async () => {
    const typed = ['http', '--quick', '--seed', '5', '--json', json]
    const child = spawn(process.execPath, ['--conditions=cloakroom-source', main, ...typed], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const [output, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'exit'),
    ])
    assert.equal(code, 0, errors)
    assert.match(output, /Do not cite these figures/)
    assert.deepEqual(readdirSync(temporary), ['figures.json'])

    const { routes, verdicts } = JSON.parse(readFileSync(json, 'utf8')) as Figures
    assert.deepEqual(
      routes.map(({ path }) => path),
      ['/', '/orders'],
    )
    for (const { applications } of routes) {
      assert.equal(new Set(applications.map(({ name }) => name)).size, 23)
      for (const { name, requestsPerSecond, p99 } of applications) {
        assert.ok(requestsPerSecond > 0 && p99 > 0, name)
      }
    }
    // Four beside what is done by hand, and two beside each of four rivals.
    assert.equal(verdicts.length, 12)
  })
})
