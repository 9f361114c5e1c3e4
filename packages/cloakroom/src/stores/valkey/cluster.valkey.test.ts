import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import {
  sharedValkeyCluster,
  startValkeyCluster,
  type ValkeyCluster,
} from '@cloakroom/test-servers'
import { Cluster, Redis } from 'iovalkey'
import { type Auth, newPrefix, openAuth, signIn } from '../../../test/valkey-auth.ts'
import { clusterHarness, type Driver, openCluster } from '../../../test/valkey-database.ts'
import { testKeys } from '../../../test/valkey-keys.ts'
import { withFixture } from '../../testing/fixture.ts'
import { seededRandom } from '../../testing/random.ts'
import { interleave } from '../../testing/session-cases/interleavings.ts'
import { keysOf, ownerOf } from './keys.ts'
import { slotOf } from './slot.ts'

const drivers: readonly Driver[] = ['node-redis', 'iovalkey']

describe('a cluster', () => {
  let urls: readonly string[]
  const prefix = newPrefix()

  before(async () => {
    urls = await sharedValkeyCluster()
  })

  after(async () => {
    const keys = testKeys(urls, prefix)
    await keys.remove()
    keys.close()
  })

  it("has all of a user's keys in one slot: verifying and revoking all are one command each", async (t) => {
    const { client, close } = await openCluster('iovalkey', urls)
    t.after(close)
    assert.ok(client instanceof Cluster)
    let commands = 0
    const counted = Object.create(client) as Cluster
    const callBuffer = (command: string, ...words: string[]): Promise<unknown> => {
      commands += 1
      return client.callBuffer(command, ...words)
    }
    counted.callBuffer = callBuffer as Cluster['callBuffer']
    const auth = await openAuth(counted, { prefix })
    const steps = async (): Promise<number[]> => {
      const issued = [await signIn(auth, 'alice'), await signIn(auth, 'alice')]
      const counts: number[] = []
      for (const act of [
        () => auth.verify(issued[0]?.token),
        () => auth.list('alice'),
        () => auth.revoke({ userId: 'alice' }),
        () => auth.block('alice'),
      ]) {
        commands = 0
        await act()
        counts.push(commands)
      }
      await auth.unblock('alice')
      return counts
    }
    // The first round brings the scripts along.
    await steps()
    assert.deepEqual(await steps(), [1, 1, 1, 1])

    const { session } = await signIn(auth, 'alice')
    const keys = keysOf(prefix)
    const owner = ownerOf('alice')
    const names = [
      keys.session(session.id.replaceAll('-', '')),
      keys.state(owner),
      keys.index(owner),
    ]
    assert.equal(await client.exists(...names), 3)
    const slots = await Promise.all(names.map((name) => client.cluster('KEYSLOT', name)))
    assert.deepEqual(new Set(slots), new Set([slotOf(owner.slice(0, 3))]))
  })

  for (const driver of drivers) {
    it(`over ${driver}: in a hundred interleavings nothing survives a revocation`, async (test) => {
      const seen = { survived: 0, superseded: 0, ended: 0 }
      await withFixture(await clusterHarness(driver, 'text'), 'text', async (fixture) => {
        const random = seededRandom(test)
        const processes = [await fixture.auth(), await fixture.authElsewhere()]
        for (let index = 0; index < 100; index += 1) {
          await interleave({ fixture, processes, random, seen, name: `interleaving ${index}` })
        }
      })
      test.diagnostic(`sessions: ${JSON.stringify(seen)}`)
      for (const count of Object.values(seen)) assert(count > 20, JSON.stringify(seen))
    })
  }
})

describe('a slot that is being moved to another server', () => {
  let cluster: ValkeyCluster
  let nodes: readonly Redis[]
  before(async () => {
    cluster = await startValkeyCluster()
    nodes = cluster.primaries.map(({ url }) => new Redis(url))
  })
  after(async () => {
    for (const node of nodes) node.disconnect()
    await cluster.stop()
  })

  /** Moves what the keys have in common, with a pause in the middle. */
  async function moveSlot(names: readonly string[], duringPause: () => Promise<void>) {
    const [name = ''] = names
    const slot = Number(await nodes[0]?.cluster('KEYSLOT', name))
    const owned = await Promise.all(nodes.map((node) => node.cluster('COUNTKEYSINSLOT', slot)))
    const source = nodes[owned.findIndex((count) => count > 0)] as Redis
    const target = nodes.find((node) => node !== source) as Redis
    const [sourceId, targetId] = await Promise.all(
      [source, target].map((node) => node.call('CLUSTER', 'MYID') as Promise<string>),
    )
    const move = (key: string) => {
      return source.call('MIGRATE', '127.0.0.1', String(target.options.port), key, '0', '5000')
    }
    await target.call('CLUSTER', 'SETSLOT', String(slot), 'IMPORTING', String(sourceId))
    await source.call('CLUSTER', 'SETSLOT', String(slot), 'MIGRATING', String(targetId))
    await move(name)
    await duringPause()
    for (const key of await source.cluster('GETKEYSINSLOT', slot, 1000)) await move(key)
    for (const node of [target, source, ...nodes]) {
      await node.call('CLUSTER', 'SETSLOT', String(slot), 'NODE', String(targetId))
    }
  }

  for (const driver of drivers) {
    for (const first of ['session', 'user', 'index'] as const) {
      it(`keeps requests over ${driver} waiting, and signs nobody out: ${first} first`, async (t) => {
        const { client, close } = await openCluster(driver, cluster.urls)
        t.after(close)
        const prefix = newPrefix()
        const auth: Auth = await openAuth(client, { prefix })
        const issued = [await signIn(auth, 'alice'), await signIn(auth, 'alice')]
        const keys = keysOf(prefix)
        const [own, other] = issued.map(({ session }) => session.id.replaceAll('-', ''))
        const owner = ownerOf('alice')
        const names = {
          session: keys.session(own ?? ''),
          user: keys.state(owner),
          index: keys.index(owner),
        }
        const answers: Promise<unknown>[] = []
        await moveSlot([names[first], keys.session(other ?? '')], async () => {
          answers.push(...issued.map(async ({ token }) => (await auth.verify(token)).status))
          answers.push(auth.list('alice').then(({ length }) => length))
          answers.push(auth.rotate(issued[1]?.token).then((rotated) => rotated?.session.id))
          answers.push(signIn(auth, 'alice').then(({ user }) => user.id))
          await delay(100)
        })
        const [one, , , rotated, signedIn] = await Promise.all(answers)
        assert.deepEqual(
          [one, rotated, signedIn],
          ['authenticated', issued[1]?.session.id, 'alice'],
        )
        assert.equal((await auth.revoke({ userId: 'alice' })).length, 3)
        for (const { token } of issued) {
          assert.equal((await auth.verify(token)).status, 'anonymous')
        }
      })
    }
  }
})
