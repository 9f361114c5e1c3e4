import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type PrivateServer,
  startValkeyCluster,
  startValkeySentinel,
  type ValkeyCluster,
  type ValkeySentinel,
  waitUntil,
} from '@cloakroom/test-servers'
import { CloakroomError } from 'cloakroom'
import type { ValkeyClient, ValkeyOptions } from 'cloakroom/valkey'
import { Redis } from 'iovalkey'
import { createSentinel } from 'redis'
import { bucketOfOwner, ownerOf } from '../src/stores/valkey/keys.ts'
import { slotOf } from '../src/stores/valkey/slot.ts'
import { type Auth, openAuth, signIn } from './valkey-auth.ts'
import { type Driver, openCluster } from './valkey-database.ts'

const drivers: readonly Driver[] = ['node-redis', 'iovalkey']
const replicated: ValkeyOptions = { replicas: 1, replicaTimeoutSeconds: 0.5, timeoutSeconds: 2 }
const unavailable = { code: 'store_unavailable' }

async function statusOf(auth: Auth, token: string): Promise<string> {
  try {
    return (await auth.verify(token)).status
  } catch (error) {
    assert(error instanceof CloakroomError && error.code === 'store_unavailable', String(error))
    return 'unavailable'
  }
}

for (const driver of drivers) {
  describe(`a cluster whose primary is lost, over ${driver}`, () => {
    let cluster: ValkeyCluster
    before(async () => {
      cluster = await startValkeyCluster({ replicasEach: 1, nodeTimeoutMs: 1000 })
    })
    after(() => cluster.stop())

    /** The user's primary, which has a third of the slots, and the replica of that. */
    function serversOf(userId: string): { primary: PrivateServer; replica: PrivateServer } {
      const { primaries, replicas } = cluster
      const slot = slotOf(bucketOfOwner(ownerOf(userId)))
      const index = Math.floor((slot * primaries.length) / 16_384)
      return {
        primary: primaries[index] as PrivateServer,
        replica: replicas[index] as PrivateServer,
      }
    }

    async function open(t: { after(done: () => Promise<void>): void }): Promise<Auth> {
      const { client, close } = await openCluster(driver, cluster.urls)
      const auth = await openAuth(client, replicated)
      t.after(async () => {
        await auth.close()
        close()
      })
      return auth
    }

    it('a revocation that the replica does not have is not acknowledged, though made', async (t) => {
      const auth = await open(t)
      const { token, session } = await signIn(auth, 'alice')
      const { replica } = serversOf('alice')
      replica.pause()
      t.after(() => replica.resume())
      const unheard = { ...unavailable, message: /0 of 1/ }
      await assert.rejects(auth.revoke({ sessionId: session.id }), unheard)
      assert.equal(await statusOf(auth, token), 'anonymous')
      await assert.rejects(auth.block('alice'), unavailable)
      assert.notEqual(await auth.blockedAt('alice'), null)
      assert.deepEqual(await auth.revoke({ userId: 'alice' }, { replicated: false }), [])
      replica.resume()
      await waitUntil('the replica is back', async () => {
        return auth.revoke({ userId: 'alice' }).then(
          () => true,
          () => false,
        )
      })
      await auth.unblock('alice')
    })

    it('no acknowledged revocation comes back; one that did not wait can', async (t) => {
      const auth = await open(t)
      const { primary, replica } = serversOf('alice')
      // All in the part of the cluster that loses its primary.
      const users = Array.from({ length: 200 }, (_, n) => `user-${n}`).filter((user) => {
        return serversOf(user).primary === primary
      })
      const unwaited = await signIn(auth, 'alice')
      const live = await signIn(auth, 'alice')
      await auth.revoke({ sessionId: (await signIn(auth, 'alice')).session.id })

      const acknowledged: string[] = []
      let isRunning = true
      async function work(user: string): Promise<void> {
        while (isRunning) {
          try {
            const { token, session } = await signIn(auth, user)
            const selector =
              acknowledged.length % 2 === 0 ? { sessionId: session.id } : { userId: user }
            await auth.revoke(selector)
            acknowledged.push(token)
          } catch (error) {
            assert(error instanceof CloakroomError, String(error))
            assert.match(error.code, /store_unavailable|sign_in_superseded/)
          }
        }
      }
      const working = Promise.all(users.slice(0, 8).map(work))
      await waitUntil('it is used', () => acknowledged.length > 100)
      // The replica hears nothing more, and the primary answers for as long as it is left to.
      replica.pause()
      const administrator = new Redis(primary.url)
      await administrator.call('CLIENT', 'KILL', 'TYPE', 'replica')
      administrator.disconnect()
      await auth.revoke({ sessionId: unwaited.session.id }, { replicated: false })
      assert.equal(await statusOf(auth, unwaited.token), 'anonymous')
      await primary.kill()
      replica.resume()
      const count = acknowledged.length
      isRunning = false
      await working
      await waitUntil('the replica has taken over', async () => {
        return (await statusOf(auth, live.token)) === 'authenticated'
      })
      t.diagnostic(`${count} revocations were acknowledged`)
      for (const token of acknowledged) assert.equal(await statusOf(auth, token), 'anonymous')
      // The loss that waiting is for: without it, the rest of the test would show nothing.
      assert.equal(await statusOf(auth, unwaited.token), 'authenticated')
      // The new primary has no replica to wait for.
      await assert.rejects(auth.revoke({ userId: 'alice' }), unavailable)
      assert.equal(await statusOf(auth, unwaited.token), 'anonymous')
    })
  })

  describe(`Sentinel, over ${driver}`, () => {
    let sentinel: ValkeySentinel
    before(async () => {
      sentinel = await startValkeySentinel()
    })
    after(() => sentinel.stop())

    it('puts a replica in the place of the primary: nobody is signed out, nobody comes back', async (t) => {
      const { client, close } = await openSentinel(driver, sentinel)
      const auth = await openAuth(client, replicated)
      t.after(async () => {
        await auth.close()
        await close()
      })
      const live = await signIn(auth, 'alice')
      const ended = await signIn(auth, 'alice')
      const blocked = await signIn(auth, 'bob')
      assert.deepEqual(await auth.revoke({ sessionId: ended.session.id }), [ended.session.id])
      assert.equal((await auth.block('bob')).length, 1)
      assert.equal((await auth.stats()).sessions, 1)
      await sentinel.primary.kill()
      await waitUntil('it goes on', async () => {
        const status = await statusOf(auth, live.token)
        assert.notEqual(status, 'anonymous')
        return status === 'authenticated'
      })
      for (const { token } of [ended, blocked]) {
        assert.equal(await statusOf(auth, token), 'anonymous')
      }
      assert.notEqual(await auth.blockedAt('bob'), null)
      await assert.rejects(auth.revoke({ userId: 'alice' }), unavailable)
      assert.equal(await statusOf(auth, live.token), 'anonymous')
    })
  })
}

async function openSentinel(
  driver: Driver,
  { name, sentinels }: ValkeySentinel,
): Promise<{ client: ValkeyClient; close(): unknown }> {
  const nodes = sentinels.map(({ host, port }) => ({ host, port }))
  if (driver === 'node-redis') {
    const client = createSentinel({ name, sentinelRootNodes: nodes })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => client.destroy() }
  }
  const client = new Redis({ sentinels: nodes, name })
  client.on('error', () => undefined)
  return { client, close: () => client.disconnect() }
}
