import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import {
  type FaultyProxy,
  type PrivateServer,
  startProxy,
  startValkey,
  waitUntil,
} from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { readInstant } from '../src/core/instant.ts'
import { type Driver, openClient } from './valkey-database.ts'
import { ask, type Listening, listenOver } from './valkey-listening.ts'

const drivers: readonly Driver[] = ['node-redis', 'iovalkey']

interface Subtest {
  after(done: () => Promise<void>): void
}

for (const driver of drivers) {
  describe(`a feed over ${driver}`, () => {
    let server: PrivateServer
    let proxy: FaultyProxy

    before(async () => {
      server = await startValkey({ settings: { 'busy-reply-threshold': 50 } })
    })
    after(() => server.stop())
    beforeEach(async () => {
      proxy = await startProxy({ url: server.url })
    })

    async function open(t: Subtest): Promise<Listening> {
      const opened = await openClient(driver, proxy.url)
      const other = await openClient(driver, server.url)
      const listening = await listenOver(opened.client, other.client)
      t.after(async () => {
        await listening.close()
        opened.close()
        other.close()
        await proxy.stop()
      })
      return listening
    }

    it('whose connection is killed says so, whichever it is, and hears everything again', async (t) => {
      const listening = await open(t)
      for (const isSpeaker of [true, false]) {
        const from = listening.mark()
        const clients = String(await ask(server.url, 'client', 'list')).split('\n')
        const [id = ''] = clients
          .filter((line) => / flags=\w*[tP]/.test(line) && isSpeaker === / flags=\w*t/.test(line))
          .map((line) => /^id=(\d+)/.exec(line)?.[1] ?? '')
        await ask(server.url, 'client', 'kill', 'id', id)
        await listening.untilLost(from)
        await listening.untilHeard('alice')
      }
    })

    it('that is cut off says so, and hears everything again', async (t) => {
      const listening = await open(t)
      const from = listening.mark()
      await proxy.cut()
      await listening.untilLost(from)
      await listening.untilHeard('alice')
    })

    it('on a connection that swallows everything says so when its time limit is over', async (t) => {
      const listening = await open(t)
      const from = listening.mark()
      await proxy.blackHole()
      const { monotonic } = readInstant()
      await listening.untilLost(from)
      assert.deepEqual(listening.confirmedAfter(monotonic), [])
      await proxy.restore()
      await listening.untilHeard('alice')
    })

    it('of a server that is stopped, and goes on, confirms nothing of the meantime', async (t) => {
      const listening = await open(t)
      const from = listening.mark()
      server.pause()
      const { monotonic } = readInstant()
      await listening.untilLost(from)
      assert.deepEqual(listening.confirmedAfter(monotonic), [])
      server.resume()
      await listening.untilHeard('alice')
    })

    it('of a server that is started again says so, and hears everything again', async (t) => {
      const listening = await open(t)
      const from = listening.mark()
      await server.restart()
      await listening.untilLost(from)
      await listening.untilHeard('alice')
    })

    it('of a server that becomes a replica confirms nothing more, though it is connected', async (t) => {
      const primary = await startValkey()
      const listening = await open(t)
      t.after(async () => {
        await ask(server.url, 'replicaof', 'no', 'one')
        await primary.stop()
      })
      const from = listening.mark()
      await ask(server.url, 'replicaof', primary.host, String(primary.port))
      const { monotonic } = readInstant()
      await listening.untilLost(from)
      // Revoked where it cannot be heard, if a feed listens to a replica.
      await ask(primary.url, 'hset', listening.stateOf('bob'), 'v', '1')
      const { accepted } = await proxy.count()
      await waitUntil(
        'it has tried again',
        async () => (await proxy.count()).accepted > accepted + 4,
      )
      assert.deepEqual(listening.confirmedAfter(monotonic), [])
      await ask(server.url, 'replicaof', 'no', 'one')
      await listening.untilHeard('alice')
    })

    it('hears that everything is flushed', async (t) => {
      const listening = await open(t)
      const from = listening.mark()
      await ask(server.url, 'flushall')
      await listening.listener.untilConfirmed()
      assert(listening.listener.covers({ id: new Uint8Array(16), userId: 'anybody' }, from))
    })

    it('hears of a user whose hash expires, or is deleted by other code', async (t) => {
      const listening = await open(t)
      for (const words of [['pexpire', '1'], ['del']]) {
        await listening.other.epoch('carol', null)
        const key = listening.stateOf('carol')
        const from = listening.mark()
        await ask(server.url, words[0] ?? '', key, ...words.slice(1))
        await waitUntil('it is gone', async () => (await ask(server.url, 'exists', key)) === 0)
        await listening.listener.untilConfirmed()
        assert(listening.listener.covers({ id: new Uint8Array(16), userId: 'carol' }, from))
      }
    })

    it('confirms nothing of a change that is acknowledged under a script that blocks all, and told later', async (t) => {
      const listening = await open(t)
      const key = listening.stateOf('dave')
      const administrator = new Redis(server.url, { enableAutoPipelining: false })
      t.after(async () => administrator.disconnect())
      await administrator.ping()
      const busy = `local start = redis.call('TIME')
        repeat local now = redis.call('TIME')
        until (now[1] - start[1]) * 1000000 + now[2] - start[2] > 500000`
      let from = 0
      let acknowledged = 0
      // Where both are not read in one turn of the server, the change is told before the script begins.
      await waitUntil('it is acknowledged under the script', async () => {
        // The script before it may have cost the feed its connection.
        await listening.listener.untilConfirmed()
        from = listening.mark()
        const acknowledging = administrator.hset(key, 'v', '1').then(readInstant)
        const running = administrator.eval(busy, 0).then(readInstant)
        acknowledged = (await acknowledging).monotonic
        const isTold = listening.mark() > from
        return (await running).monotonic - acknowledged > 100 && !isTold
      })
      await listening.listener.untilConfirmed()
      const { heard } = listening.listener
      // Whoever begins to listen forgets everything, which tells of every change before it.
      const told = heard.findIndex(({ kind }, index) => {
        return index >= from && (kind === 'invalidated' || kind === 'listening')
      })
      const confirmed = heard.findIndex((each) => {
        return each.kind === 'confirmed' && each.startedAt > acknowledged
      })
      assert(told !== -1 && told < confirmed, JSON.stringify(heard.slice(from)))
    })

    it('does not go on when its connection does not track any more', async (t) => {
      const opened = await openClient(driver, server.url)
      const connections: { call?: unknown; sendCommand?: unknown }[] = []
      const { duplicate } = opened.client as { duplicate(overrides?: never): object }
      const client = Object.assign(opened.client, {
        duplicate(overrides?: never) {
          const connection = duplicate.call(opened.client, overrides)
          connections.push(connection)
          return connection
        },
      })
      const listening = await listenOver(client, opened.client)
      t.after(async () => {
        await listening.close()
        opened.close()
        await proxy.stop()
      })
      const from = listening.mark()
      const [speaker] = connections
      const words = ['client', 'tracking', 'off']
      if (driver === 'node-redis') await (speaker as Sending).sendCommand(words)
      else await (speaker as Sending).call(...words)
      const { monotonic } = readInstant()
      await listening.untilLost(from)
      assert.deepEqual(listening.confirmedAfter(monotonic, listening.lostAt(from)), [])
      await listening.untilHeard('alice')
    })

    it('tells nothing of verifications, touches and sign-ins: not one message comes', async (t) => {
      const listening = await open(t)
      const { other, listener } = listening
      await listening.signIn('erin')
      await listener.untilConfirmed()
      const from = listener.invalidations.length
      for (let count = 0; count < 50; count += 1) {
        const id = await listening.signIn('erin')
        await other.find(id)
        await other.touch([id], 0)
      }
      await listener.untilConfirmed()
      assert.equal(listener.invalidations.length, from)
      await other.revoke({ userId: 'erin' })
      await listener.untilConfirmed()
      assert.equal(listener.invalidations.length, from + 1)
    })
  })

  describe(`a feed of a server with a replica, over ${driver}`, () => {
    let primary: PrivateServer
    let replica: PrivateServer
    beforeEach(async () => {
      primary = await startValkey()
      replica = await startValkey({ settings: { replicaof: `${primary.host} ${primary.port}` } })
      await waitUntil('it follows', async () => {
        return String(await ask(primary.url, 'info', 'replication')).includes('state=online')
      })
    })

    async function open(t: Subtest): Promise<Listening> {
      const { client, close } = await openClient(driver, primary.url)
      const listening = await listenOver(client, client)
      t.after(async () => {
        await listening.close()
        close()
        await Promise.all([primary.stop(), replica.stop()])
      })
      return listening
    }

    it('confirms nothing while the replica does not follow, and goes on when it does', async (t) => {
      const listening = await open(t)
      const from = listening.mark()
      replica.pause()
      const { monotonic } = readInstant()
      await listening.untilLost(from)
      await waitUntil('it has tried again', () => listening.tries() > 2)
      assert.deepEqual(listening.confirmedAfter(monotonic), [])
      replica.resume()
      await listening.untilHeard('alice')
    })

    it('confirms nothing when the replica has been promoted, which the old primary does not know', async (t) => {
      const listening = await open(t)
      const from = listening.mark()
      await ask(replica.url, 'replicaof', 'no', 'one')
      await ask(replica.url, 'hset', listening.stateOf('bob'), 'v', '1')
      const { monotonic } = readInstant()
      assert.match(String(await ask(primary.url, 'info', 'replication')), /role:master/)
      await listening.untilLost(from)
      await waitUntil('it has tried again', () => listening.tries() > 2)
      assert.deepEqual(listening.confirmedAfter(monotonic), [])
    })
  })
}

interface Sending {
  sendCommand(words: readonly string[]): Promise<unknown>
  call(...words: readonly string[]): Promise<unknown>
}
