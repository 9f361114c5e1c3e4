import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { checkAuthenticates, checkRefuses } from '../src/measuring/check-target.ts'
import { openTargets } from '../src/targets/verify-targets.ts'
import { makeWorkload } from '../src/workload/workload.ts'

const seed = Number(process.env.CLOAKROOM_TEST_SEED ?? randomInt(2 ** 32))
const sessions = 60

describe(`the targets of verify-sqlite, seed ${seed}`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cloakroom-bench-test-'))
  const workload = makeWorkload(sessions, seed)
  const { compared, floorSteps } = await openTargets(workload, directory, () => {})
  const steps = floorSteps.map(({ setting, target }) => ({ name: `Floor, ${setting}`, target }))
  const all = [...compared.map((target) => ({ name: target.name, target })), ...steps]

  for (const { name, target } of all) {
    it(`${name} authenticates the user of every session`, async () => {
      assert.equal(target.credentials.length, sessions)
      await checkAuthenticates(target, workload.owners.keys(), workload.owners)
    })
    it(`${name} refuses ${Object.keys(target.wrong).join(', ')}`, async () => {
      await checkRefuses(target)
    })
  }

  it('have different names', () => {
    assert.equal(new Set(compared.map(({ name }) => name)).size, compared.length)
  })

  it('let go of their files', async () => {
    for (const target of new Set(all.map(({ target }) => target))) await target.close()
    rmSync(directory, { recursive: true })
  })
})
