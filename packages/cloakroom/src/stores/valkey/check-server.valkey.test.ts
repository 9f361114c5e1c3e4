import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type PrivateServer,
  sharedValkey,
  sharedValkeyCluster,
  startValkey,
  waitUntil,
} from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { openAuth, signIn } from '../../../test/valkey-auth.ts'
import { openClient, openCluster } from '../../../test/valkey-database.ts'

const unfit = (message: RegExp) => ({ name: 'CloakroomError', code: 'schema_mismatch', message })

describe('a server that cannot keep what it is told', () => {
  let server: PrivateServer
  let client: Redis

  before(async () => {
    server = await startValkey()
    client = new Redis(server.url)
  })

  after(async () => {
    client.disconnect()
    await server.stop()
  })

  it('is refused at start when it may forget that a user is blocked, and told what to set', async () => {
    for (const policy of ['allkeys-lru', 'allkeys-lfu', 'allkeys-random']) {
      await client.config('SET', 'maxmemory-policy', policy)
      await assert.rejects(openAuth(client), unfit(/maxmemory-policy/))
      // What the application says does not count against what the server does.
      await assert.rejects(openAuth(client, { maxmemoryPolicy: 'noeviction' }), unfit(/allkeys/))
    }
    for (const policy of ['volatile-lru', 'volatile-ttl', 'noeviction']) {
      await client.config('SET', 'maxmemory-policy', policy)
      await (await openAuth(client)).close()
    }
  })

  it('is refused when it lets nobody ask, unless the application knows', async () => {
    await client.call('ACL', 'SETUSER', 'limited', 'on', '>pw', '~*', '+@all', '-info')
    const url = new URL(server.url)
    const limited = new Redis(Number(url.port), url.hostname, {
      username: 'limited',
      password: 'pw',
      enableReadyCheck: false,
    })
    await assert.rejects(openAuth(limited), unfit(/maxmemoryPolicy/))
    const auth = await openAuth(limited, { maxmemoryPolicy: 'noeviction' })
    const { token } = await signIn(auth, 'alice')
    assert.equal((await auth.verify(token)).status, 'authenticated')
    limited.disconnect()
  })

  it('is refused when it is a replica, and one that runs no scripts is store_unavailable', async () => {
    await client.call('ACL', 'SETUSER', 'unscripted', 'on', '>pw', '~*', '+@all', '-@scripting')
    const unscripted = client.duplicate({ username: 'unscripted', password: 'pw' })
    await assert.rejects(openAuth(unscripted), { code: 'store_unavailable' })
    unscripted.disconnect()

    const settings = { replicaof: `127.0.0.1 ${server.port}` }
    const replica = await startValkey({ settings })
    const reader = new Redis(replica.url)
    await assert.rejects(openAuth(reader), unfit(/replica/))
    reader.disconnect()
    await replica.stop()
  })
})

for (const driver of ['node-redis', 'iovalkey'] as const) {
  describe(`the wrong kind of client of ${driver}`, () => {
    it('for one server, of a cluster, is refused: which to take is said', async () => {
      const [url = ''] = await sharedValkeyCluster()
      const { client, close } = await openClient(driver, url)
      await assert.rejects(openAuth(client), unfit(/cluster client/))
      close()
    })

    it('that is not connected is store_unavailable', async () => {
      const { client, close } = await openClient(driver, await sharedValkey())
      close()
      await assert.rejects(openAuth(client), { code: 'store_unavailable' })
      const cluster = await openCluster(driver, await sharedValkeyCluster())
      cluster.close()
      await assert.rejects(openAuth(cluster.client), { code: 'store_unavailable' })
    })
  })
}

describe('a server without memory left', () => {
  let server: PrivateServer
  let client: Redis

  before(async () => {
    server = await startValkey()
    client = new Redis(server.url)
  })

  after(async () => {
    client.disconnect()
    await server.stop()
  })

  it('lets nobody begin a session, and everybody be verified, signed out and blocked', async () => {
    const auth = await openAuth(client)
    const { token, session } = await signIn(auth, 'alice')
    const second = await signIn(auth, 'alice')
    const attempt = await auth.beginSignIn('alice')
    const [kept, other] = [await signIn(auth, 'bob'), await signIn(auth, 'carol')]
    await client.config('SET', 'maxmemory', '1mb')
    const carried = { carried: kept.token }
    await assert.rejects(attempt.complete(carried), { code: 'store_unavailable' })
    for (const each of [token, second.token, kept.token, other.token]) {
      assert.equal((await auth.verify(each)).status, 'authenticated')
    }
    assert.deepEqual(await auth.revoke({ sessionId: session.id }), [session.id])
    assert.deepEqual(await auth.revoke({ userId: 'bob', except: kept.session.id }), [])
    assert.deepEqual(await auth.revoke({ userId: 'alice' }), [second.session.id])
    assert.equal((await auth.block('carol')).length, 1)
    assert.equal((await auth.verify(kept.token)).status, 'authenticated')
    assert.equal((await auth.revoke({ everybody: true })).length, 1)
    for (const each of [token, second.token, kept.token, other.token]) {
      assert.equal((await auth.verify(each)).status, 'anonymous')
    }
    await client.config('SET', 'maxmemory', '0')
    await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
    await assert.rejects(signIn(auth, 'carol'), { code: 'sign_in_superseded' })
  })

  it('that evicts what expires keeps blocks and the end of everybody; who is evicted is out', async () => {
    const auth = await openAuth(client)
    const early = await signIn(auth, 'early')
    await auth.revoke({ everybody: true })
    await auth.block('mallory')
    const since = await auth.blockedAt('mallory')
    await client.config('SET', 'maxmemory-policy', 'volatile-lru')
    const used = Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1])
    await client.config('SET', 'maxmemory', String(used + 300_000))

    const live: string[] = []
    const evicted = async () => Number(/evicted_keys:(\d+)/.exec(await client.info('stats'))?.[1])
    await waitUntil('sessions are evicted', async () => {
      const signedIn = Array.from({ length: 100 }, (_, index) => {
        return signIn(auth, `user-${live.length + index}`).catch(() => undefined)
      })
      for (const issued of await Promise.all(signedIn)) if (issued) live.push(issued.token)
      return (await evicted()) > 1000
    })
    assert.equal((await auth.blockedAt('mallory'))?.getTime(), since?.getTime())
    await assert.rejects(signIn(auth, 'mallory'), { code: 'sign_in_superseded' })
    assert.equal((await auth.verify(early.token)).status, 'anonymous')
    const statuses = await Promise.all(live.map(async (token) => (await auth.verify(token)).status))
    assert.ok(statuses.includes('anonymous'), 'some have been evicted')
    await client.config('SET', 'maxmemory', '0')
  })
})
