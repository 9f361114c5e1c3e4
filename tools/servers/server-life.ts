// What must be so of every kind of private server: it starts, answers, breaks, stops, and leaves
// nothing.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { startOwner, stay } from './owner-process.ts'
import type { PrivateServer } from './private-server.ts'
import { isRunning, listTree } from './process-tree.ts'
import { waitUntil } from './wait-until.ts'

export interface ServerKind {
  /** A function of `index.ts`. */
  readonly start: (options: StartOptions) => Promise<PrivateServer>
  /** Resolves when the server has acknowledged the value. */
  remember(url: string, value: string): Promise<unknown>
  recall(url: string): Promise<unknown>
}

interface StartOptions {
  readonly durable?: boolean
  readonly settings?: Readonly<Record<string, string>>
}

interface Left {
  readonly pids: readonly number[]
  readonly folder: string
}

export function testServerLife({ start, remember, recall }: ServerKind): void {
  describe(`${start.name} starts a server that`, () => {
    let server: PrivateServer

    before(async () => {
      server = await start({ durable: true })
    })
    after(() => server.stop())

    it('says what it is, and answers', async () => {
      assert.match(`${server.server.name} ${server.server.version}`, /^[A-Z]\w+ \d+\.\d+/)
      await remember(server.url, 'one')
      assert.equal(await recall(server.url), 'one')
    })

    it('is killed, comes back in the same place, and has what it acknowledged', async () => {
      await remember(server.url, 'two')
      const tree = listTree(server.pid)
      await server.kill()
      assert.deepEqual(tree.filter(isRunning), [])
      assert.throws(() => server.pid, /does not run/)
      await assert.rejects(once(connect(server.port, server.host), 'connect'), {
        code: 'ECONNREFUSED',
      })
      await server.restart()
      assert.equal(await recall(server.url), 'two')
    })

    it('can be restarted while it runs', async () => {
      await remember(server.url, 'three')
      const { pid } = server
      await server.restart()
      assert.notEqual(server.pid, pid)
      assert.equal(await recall(server.url), 'three')
    })

    it('is silent while it is paused, and then answers', async () => {
      await remember(server.url, 'four')
      server.pause()
      const answer = recall(server.url)
      assert.equal(await Promise.race([answer, delay(200, 'silence')]), 'silence')
      server.resume()
      assert.equal(await answer, 'four')
    })

    it('leaves nothing when it is stopped, paused or not, once or twice', async () => {
      for (const isPaused of [false, true]) {
        const another = await start({})
        const left: Left = { pids: listTree(another.pid), folder: another.folder }
        if (isPaused) another.pause()
        await another.stop()
        assert.ok(isGone(left))
        await another.stop()
      }
    })

    it('leaves nothing when the process that started it is killed', async () => {
      const { owner, told } = await startOwner<Left>(`
        import { ${start.name} } from './index.ts'
        import { listTree } from './process-tree.ts'
        const { pid, folder } = await ${start.name}()
        console.log(JSON.stringify({ pids: listTree(pid), folder }))
        ${stay}`)
      assert.ok(told.pids.every(isRunning) && existsSync(told.folder))
      owner.kill('SIGKILL')
      await waitUntil('nothing is left', () => isGone(told))
    })
  })

  it(`${start.name} says what the server wrote when it does not start`, async () => {
    await assert.rejects(start({ settings: { nonsense: 'yes' } }), /does not start(.|\n)*nonsense/)
  })
}

function isGone({ pids, folder }: Left): boolean {
  return !pids.some(isRunning) && !existsSync(folder)
}
