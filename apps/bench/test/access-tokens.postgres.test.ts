import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import type { ScenarioOptions } from '../src/scenario.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const temporary = mkdtempSync(join(tmpdir(), 'cloakroom-bench-test-'))
const json = join(temporary, 'figures.json')

interface Figures extends Pick<ScenarioOptions, 'seed' | 'quick'> {
  readonly signing: Record<'mint' | 'verify', readonly { name: string; median: number }[]>
  readonly refreshing: { readonly services: readonly { database: string }[] }
  readonly oneClient: {
    readonly ways: readonly {
      name: string
      bytesPerRequest: number
      statementsPerRequest: number
      timesToRevoke: readonly number[]
    }[]
    readonly shortLived: { readonly timeToRevoke: number }
  }
}

describe('npm run bench -- access-tokens', () => {
  after(() => rmSync(temporary, { recursive: true }))

  it('runs, quickly: every process does what it is measured for, and is gone afterwards', async () => {
    const typed = ['access-tokens', '--quick', '--seed', '5', '--json', json]
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

    const { seed, quick, signing, refreshing, oneClient } = JSON.parse(
      readFileSync(json, 'utf8'),
    ) as Figures
    assert.deepEqual({ seed, quick }, { seed: 5, quick: true })
    assert.equal(signing.mint.length, 4)
    assert.equal(signing.verify.length, 4)
    assert.deepEqual(
      refreshing.services.map(({ database }) => database),
      ['SQLite', 'PostgreSQL'],
    )
    const [sqlite, postgres, cached, tokens, told] = oneClient.ways
    for (const way of [sqlite, postgres]) assert.equal(way?.statementsPerRequest, 1)
    for (const way of [cached, tokens, told]) assert.ok((way?.statementsPerRequest ?? 1) < 0.2)
    for (const way of [sqlite, postgres, cached, told]) assert.equal(way?.timesToRevoke.length, 2)
    assert.ok((tokens?.bytesPerRequest ?? 0) > (cached?.bytesPerRequest ?? Infinity))
    // Ten seconds of life and five of tolerance, less whatever went by before the log-out.
    const { timeToRevoke } = oneClient.shortLived
    assert.ok(timeToRevoke > 5000, `refused after ${timeToRevoke} ms`)
  })
})
