import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { afterEach, describe, it } from 'node:test'
import { endProcess, killTree } from './end-process.ts'
import { isRunning, listTree, signalTree } from './process-tree.ts'
import { waitUntil } from './wait-until.ts'

describe('a process tree', () => {
  const families: ChildProcess[] = []

  afterEach(async () => {
    for (const { pid } of families.splice(0)) if (pid !== undefined) await killTree(pid)
  })

  /** A process with two children. */
  async function startFamily(script = 'sleep 300 & sleep 300 & wait'): Promise<number> {
    const parent = spawn('sh', ['-c', script], { stdio: 'ignore' })
    families.push(parent)
    const { pid } = parent
    assert.ok(pid !== undefined)
    await waitUntil('the children are there', () => listTree(pid).length === 3)
    return pid
  }

  it('is listed with the parent first', async () => {
    const pid = await startFamily()
    assert.equal(listTree(pid)[0], pid)
    assert.ok(!listTree(pid).includes(process.pid))
  })

  it('is stopped and goes on as a whole', async () => {
    const pid = await startFamily()
    const tree = signalTree(pid, 'SIGSTOP')
    await waitUntil('all are stopped', () => tree.every((each) => stateOf(each) === 'T'))
    signalTree(pid, 'SIGCONT')
    await waitUntil('all sleep again', () => tree.every((each) => stateOf(each) === 'S'))
  })

  it('is killed as a whole', async () => {
    const pid = await startFamily()
    const tree = listTree(pid)
    await killTree(pid)
    assert.deepEqual(tree.filter(isRunning), [])
    assert.deepEqual(listTree(pid), [])
  })

  it('is ended while it is stopped', async () => {
    const pid = await startFamily()
    const tree = signalTree(pid, 'SIGSTOP')
    await endProcess(pid, 'SIGTERM')
    assert.ok(!tree.some(isRunning))
  })
})

function stateOf(pid: number): string | undefined {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'latin1'))?.[1]
}
