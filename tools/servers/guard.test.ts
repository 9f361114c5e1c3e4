import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { killTree } from './end-process.ts'
import { startOwner, stay } from './owner-process.ts'
import { isRunning } from './process-tree.ts'
import { waitUntil } from './wait-until.ts'

interface Kept {
  readonly pid: number
  readonly folder: string
}

const keep = `
  import { spawn } from 'node:child_process'
  import { mkdtempSync, writeFileSync } from 'node:fs'
  import { tmpdir } from 'node:os'
  import { keepGuarded } from './guard.ts'
  const folder = mkdtempSync(tmpdir() + '/cloakroom-guard-')
  writeFileSync(folder + '/file', '')
  keepGuarded({ folder })
  const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' })
  child.unref()
  const release = keepGuarded({ pid: child.pid, endSignal: 'SIGTERM' })
  console.log(JSON.stringify({ pid: child.pid, folder }))`

describe('the guard leaves nothing', () => {
  for (const signal of ['SIGKILL', 'SIGINT', 'SIGTERM'] as const) {
    it(`when its owner dies of ${signal}, which a terminal sends to the whole group`, async () => {
      const { owner, told } = await startOwner<Kept>(`${keep}; ${stay}`)
      assert.ok(isRunning(told.pid) && existsSync(told.folder))
      process.kill(-(owner.pid ?? 0), signal)
      await isGone(told)
    })
  }

  for (const [title, end] of [
    ['has nothing left to do', ''],
    ['exits', 'process.exit()'],
  ] as const) {
    it(`when its owner ${title}`, async () => {
      const { told } = await startOwner<Kept>(`${keep}; ${end}`)
      await isGone(told)
    })
  }

  it('when the process was stopped', async () => {
    const { owner, told } = await startOwner<Kept>(`${keep}; ${stay}`)
    process.kill(told.pid, 'SIGSTOP')
    owner.kill('SIGKILL')
    await isGone(told)
  })
})

it('the guard does not touch what was released', async () => {
  const { told } = await startOwner<Kept>(`${keep}; release()`)
  await waitUntil('the guard has done its work', () => !existsSync(told.folder))
  assert.ok(isRunning(told.pid))
  await killTree(told.pid)
})

async function isGone({ pid, folder }: Kept): Promise<void> {
  await waitUntil('process and folder are gone', () => !isRunning(pid) && !existsSync(folder))
}
