import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { type PrivateServer, sharedValkey, startValkey, waitUntil } from '@cloakroom/test-servers'
import { cloakroom, type UsersLoader } from 'cloakroom'
import { Redis } from 'iovalkey'
import { type Auth, newPrefix, openAuth, signIn } from '../../../test/valkey-auth.ts'
import { type TestKeys, testKeys } from '../../../test/valkey-keys.ts'
import { hashSecret, parseToken } from '../../core/token.ts'
import { type ValkeyClient, valkey } from './index.ts'
import { ownerOf, toBuffer } from './keys.ts'

const origin = 'https://app.example'
const prefix = newPrefix()

let client: Redis
let keys: TestKeys
let auth: Auth

before(async () => {
  const url = await sharedValkey()
  client = new Redis(url)
  keys = testKeys([url], prefix)
  auth = await openAuth(client, { prefix })
})

after(async () => {
  await keys.remove()
  keys.close()
  client.disconnect()
})

/** A client that is told of every command before it is sent, and may hold it up. */
function intercept(onCommand: (words: readonly unknown[]) => void | Promise<void>): ValkeyClient {
  const intercepted = Object.create(client) as Redis
  const callBuffer = async (command: string, ...words: string[]): Promise<unknown> => {
    await onCommand([command, ...words])
    return client.callBuffer(command, ...words)
  }
  intercepted.callBuffer = callBuffer as Redis['callBuffer']
  return intercepted
}

/** Names and values; what is no string holds epochs and session ids. */
async function readStrings(of: string): Promise<Buffer[]> {
  const names = await client.keys(`${of}*`)
  const values = names.map(async (name) => {
    const isString = (await client.type(name)) === 'string'
    return isString ? ((await client.getBuffer(name)) ?? Buffer.of()) : Buffer.of()
  })
  return [...names.map((name) => Buffer.from(name)), ...(await Promise.all(values))]
}

function stateKey(userId: string, of: string = prefix): string {
  const owner = ownerOf(userId)
  return `${of}u:{${owner.slice(0, 3)}}:${userId}`
}

function indexKey(userId: string, of: string = prefix): string {
  return stateKey(userId, of).replace(`${of}u:`, `${of}i:`)
}

describe('verifying on Valkey', () => {
  it('is one round trip, and so are sign-in, log-out and the end of all sessions', async () => {
    let commands = 0
    const counted = await openAuth(
      intercept(() => {
        commands += 1
      }),
      { prefix },
    )
    const count = async (act: () => Promise<unknown>): Promise<number> => {
      commands = 0
      await act()
      return commands
    }
    // The first of its kind may have to bring its script along.
    const steps = async () => {
      const attempt = await counted.beginSignIn('alice')
      const { token, session } = await attempt.complete()
      await counted.verify(token)
      await counted.revoke({ sessionId: session.id })
      await counted.revoke({ userId: 'alice' })
      await counted.unblock('alice')
      await counted.list('alice')
    }
    await steps()
    const attempt = await counted.beginSignIn('alice')
    let token = ''
    let id = ''
    const signedIn = await count(async () => {
      const issued = await attempt.complete()
      token = issued.token
      id = issued.session.id
    })
    assert.deepEqual(
      [
        signedIn,
        await count(() => counted.verify(token)),
        await count(() => counted.revoke({ sessionId: id })),
        await count(() => counted.verify(token)),
        await count(() => counted.revoke({ userId: 'alice' })),
        await count(() => counted.block('alice')),
        await count(() => counted.unblock('alice')),
        await count(() => counted.list('alice')),
      ],
      [1, 1, 1, 1, 1, 1, 1, 1],
    )
  })

  it('goes on when the server has lost the scripts', async () => {
    const { token } = await signIn(auth, 'alice')
    await client.script('FLUSH')
    assert.equal((await auth.verify(token)).status, 'authenticated')
    await client.script('FLUSH')
    assert.equal((await auth.revoke({ userId: 'alice' })).length, 1)
    assert.equal((await auth.verify(token)).status, 'anonymous')
  })

  it('asks nobody who the user of a session is that is dead already', async () => {
    let asked = 0
    const users: UsersLoader<{ id: string }> = {
      load(id) {
        asked += 1
        return { id }
      },
    }
    const store = valkey(client, { prefix })
    const counted = await cloakroom({ origin, store, users, pruneIntervalSeconds: false })
    const { token } = await signIn(counted, 'bob')
    await counted.verify(token)
    asked = 0
    await counted.block('bob')
    await counted.verify(token)
    assert.equal(asked, 0)
    await counted.unblock('bob')
  })
})

describe('a command that arrives when nobody waits for it any more', () => {
  it('does nothing: a block that was given up does not come hours later', async () => {
    const held = Promise.withResolvers<void>()
    let isHolding = false
    let passed = 0
    const late = await openAuth(
      intercept(async () => {
        if (!isHolding) return
        await held.promise
        passed += 1
      }),
      { prefix, timeoutSeconds: 0.1 },
    )
    const { token, session } = await signIn(late, 'carol')
    isHolding = true
    const failed = { code: 'store_unavailable' }
    await assert.rejects(late.block('carol'), failed)
    await assert.rejects(late.revoke({ userId: 'carol' }), failed)
    await assert.rejects(late.revoke({ sessionId: session.id }), failed)
    await assert.rejects(late.rotate(token), failed)
    isHolding = false
    held.resolve()
    await waitUntil('all are sent', () => passed === 4)
    assert.equal((await late.verify(token)).status, 'authenticated')
    assert.equal(await late.blockedAt('carol'), null)
  })

  it('is judged by the clock of the server, whatever that of this process says', async (t) => {
    const { now } = Date
    for (const hours of [-1, 1]) {
      t.mock.method(Date, 'now', () => now() + hours * 3_600_000)
      const store = await valkey(client, { prefix }).open({
        users: { load: (id) => ({ id }) },
        clock: now,
      })
      t.mock.restoreAll()
      await store.block('dave')
      assert.notEqual(await store.blockedAt('dave'), null)
      await store.unblock('dave')
    }
  })
})

describe("a user's keys", () => {
  it('an index does not grow with sessions that have expired: 10,000 leave nothing', async () => {
    const brief = await openAuth(client, { prefix }, { absoluteTimeoutSeconds: 60 })
    for (let batch = 0; batch < 20; batch += 1) {
      await Promise.all(Array.from({ length: 500 }, () => signIn(brief, 'eve')))
    }
    assert.equal(await client.zcard(indexKey('eve')), 10_000)
    const { session } = await signIn(auth, 'eve')
    await keys.age(61_000)
    assert.equal(await auth.prune(), 10_000)
    const hex = session.id.replaceAll('-', '')
    assert.deepEqual(await client.zrange(indexKey('eve'), 0, -1), [hex])
    // By the server, of whom nobody looks after.
    assert.ok((await client.pttl(indexKey('eve'))) > 0)
    await keys.age(400 * 86_400_000)
    assert.equal(await client.exists(indexKey('eve'), stateKey('eve')), 0)
  })

  it('a sign-in clears the index too, and log-outs empty it', async () => {
    const brief = await openAuth(client, { prefix }, { absoluteTimeoutSeconds: 60 })
    await signIn(brief, 'frank')
    await keys.age(61_000)
    const { session } = await signIn(auth, 'frank')
    assert.equal(await client.zcard(indexKey('frank')), 1)
    await auth.revoke({ sessionId: session.id })
    assert.equal(await client.exists(indexKey('frank')), 0)
  })

  it('without the user’s hash a session is dead, and no later epoch brings it back', async () => {
    const { token } = await signIn(auth, 'grace')
    const attempt = await auth.beginSignIn('grace')
    await client.del(stateKey('grace'))
    const revoked = { status: 'anonymous', reason: 'revoked' }
    assert.deepEqual(await auth.verify(token), revoked)
    await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
    const fresh = await signIn(auth, 'grace')
    assert.equal((await auth.verify(fresh.token)).status, 'authenticated')
    assert.deepEqual(await auth.verify(token), revoked)
  })

  it('its hash is written by what ends or changes sessions, and not by sign-in, use or touch', async (t) => {
    const server = await startValkey({ settings: { 'notify-keyspace-events': 'AK' } })
    const own = new Redis(server.url)
    const listener = own.duplicate()
    const ownKeys = testKeys([server.url], 'own:')
    t.after(async () => {
      ownKeys.close()
      listener.disconnect()
      own.disconnect()
      await server.stop()
    })
    const heard: string[] = []
    listener.on('pmessage', (_pattern, _channel, event: string) => heard.push(event))
    await listener.psubscribe('__keyspace@0__:own:u:*')
    const tested = await openAuth(own, { prefix: 'own:' }, { touchIntervalSeconds: 1 })
    const version = () => own.hget(stateKey('alice', 'own:'), 'v')
    /** How many writes, and by how much `v` has grown. */
    const written = async (act: () => Promise<unknown>): Promise<[number, number]> => {
      await listener.ping()
      heard.length = 0
      const old = Number(await version())
      await act()
      // What was published before this reply was sent before it.
      await listener.ping()
      return [heard.length, Number(await version()) - old]
    }
    const { session, token } = await signIn(tested, 'alice')
    assert.deepEqual(await written(() => signIn(tested, 'alice')), [0, 0])
    assert.deepEqual(await written(() => tested.verify(token)), [0, 0])
    await ownKeys.age(2000)
    const touched = async () => {
      await tested.verify(token)
      await tested.close()
    }
    assert.deepEqual(await written(touched), [0, 0])

    const changing = await openAuth(own, { prefix: 'own:' })
    let current = token
    const changes: Record<string, () => Promise<unknown>> = {
      update: () => changing.update(session.id, { a: 1 }),
      async rotate() {
        current = (await changing.rotate(current))?.token ?? ''
      },
      'step-up': () => changing.stepUp(current, { methods: ['pwd'] }),
      'log-out': () => changing.revoke({ sessionId: session.id }),
      'end of all': () => changing.revoke({ userId: 'alice' }),
      block: () => changing.block('alice'),
      unblock: () => changing.unblock('alice'),
    }
    for (const [name, change] of Object.entries(changes)) {
      const [writes, grown] = await written(change)
      assert.ok(writes > 0 && grown === 1, `${name}: ${writes} writes, v grew by ${grown}`)
    }
  })
})

describe('what is stored', () => {
  it('is no token and no part of one', async () => {
    const copied = `${prefix}copied:`
    const other = await openAuth(client, { prefix: copied })
    const { token } = await signIn(other, 'alice')
    await other.stepUp((await signIn(other, 'alice')).token, { methods: ['pwd'] })
    const { secret } = parseToken('cloak_', token) ?? {}
    assert.ok(secret)
    const stored = await readStrings(copied)
    const isStored = (part: Uint8Array) => {
      const forms = (['hex', 'base64', 'base64url'] as const).map((form) =>
        Buffer.from(toBuffer(part).toString(form)),
      )
      return stored.some((bytes) => [toBuffer(part), ...forms].some((form) => bytes.includes(form)))
    }
    assert.equal(isStored(hashSecret(secret)), true)
    for (const part of [secret, secret.subarray(0, 16), secret.subarray(16)]) {
      assert.equal(isStored(part), false)
    }
  })

  it('takes at most 480 bytes a session, with its place in the index', async (t) => {
    const measured = `${prefix}measured:`
    const many = await openAuth(client, { prefix: measured })
    for (let user = 0; user < 100; user += 1) {
      for (let device = 0; device < 3; device += 1) {
        const attempt = await many.beginSignIn(`01890a5d-ac96-774b-bcce-${100_000_000_000 + user}`)
        await attempt.complete({
          methods: ['pwd', 'otp'],
          ip: '2001:db8:85a3::8a2e:370:7334',
          device: 'Firefox 128 on Ubuntu Linux, at the desk.',
        })
      }
    }
    const bytes: Record<string, number> = { s: 0, i: 0, u: 0 }
    for (const kind of Object.keys(bytes)) {
      for (const key of await client.keys(`${measured}${kind}:*`)) {
        bytes[kind] = (bytes[kind] ?? 0) + Number(await client.call('MEMORY', 'USAGE', key))
      }
    }
    const { s = 0, i = 0, u = 0 } = bytes
    t.diagnostic(`bytes: ${s / 300} a session, ${i / 300} in the index, ${u / 100} a user`)
    assert.ok((s + i) / 300 <= 480, `${(s + i) / 300} bytes a session`)
  })

  it('is in no error: the cause of a failure names no argument', async () => {
    const broken = `${prefix}broken:`
    const failing = await openAuth(client, { prefix: broken })
    const { token, session } = await signIn(failing, 'alice')
    const [key = ''] = await client.keys(`${broken}s:*`)
    await client.del(key)
    await client.hset(key, 'not', 'ours')
    const errors: unknown[] = []
    const secret = { data: { private: 'only mine' } }
    await failing.verify(token).catch((error) => errors.push(error))
    await failing.update(session.id, secret.data).catch((error) => errors.push(error))
    await failing.rotate(token).catch((error) => errors.push(error))
    assert.equal(errors.length, 3)
    for (const error of errors) {
      assert.equal((error as { code?: unknown }).code, 'store_unavailable')
      const shown = inspect(error, { depth: 10, showHidden: true })
      assert.match(shown, /WRONGTYPE/)
      assert.doesNotMatch(shown, /only mine|command|args/)
    }
  })
})

describe('the loader of users', () => {
  it('that fails, in whatever way, is store_unavailable, with the cause', async () => {
    const failure = new Error('no connection')
    let fail: () => undefined | Promise<undefined> = () => undefined
    const users: UsersLoader<{ id: string }> = { load: (id) => fail() ?? { id } }
    const store = valkey(client, { prefix })
    const failing = await cloakroom({ origin, store, users, pruneIntervalSeconds: false })
    const { token } = await signIn(failing, 'heidi')
    const failures = [
      () => {
        throw failure
      },
      () => Promise.reject(failure),
    ]
    for (const each of failures) {
      fail = each
      const expected = { code: 'store_unavailable', cause: failure }
      await assert.rejects(failing.verify(token), expected)
      await assert.rejects(signIn(failing, 'heidi'), expected)
    }
    fail = () => undefined
    assert.equal((await failing.verify(token)).status, 'authenticated')
  })

  it('that says null for nobody, without types, lets nobody in', async () => {
    let user: { id: string } | null = { id: 'ivan' }
    const users = { load: () => user } as unknown as UsersLoader
    const store = valkey(client, { prefix })
    const lax = await cloakroom({ origin, store, users, pruneIntervalSeconds: false })
    const { token } = await (await lax.beginSignIn('ivan')).complete()
    user = null
    assert.deepEqual(await lax.verify(token), { status: 'anonymous', reason: 'inactive' })
  })
})

describe('a Valkey that has lost everything', () => {
  let server: PrivateServer
  before(async () => {
    server = await startValkey()
  })
  after(() => server.stop())

  it('knows no session and no block any more: everybody is signed out, and may sign in', async (t) => {
    const own = new Redis(server.url)
    t.after(() => own.disconnect())
    const lost = await openAuth(own)
    const { token } = await signIn(lost, 'alice')
    const anonymous = await lost.createAnonymous()
    const attempt = await lost.beginSignIn('alice')
    await lost.block('bob')
    await own.flushall()
    const unknown = { status: 'anonymous', reason: 'unknown' }
    assert.deepEqual(await lost.verify(token), unknown)
    assert.deepEqual(await lost.verify(anonymous.token), unknown)
    await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
    // This is what a database that is lost takes along; users.load is asked all the same.
    assert.equal(await lost.blockedAt('bob'), null)
    const fresh = await signIn(lost, 'bob')
    assert.equal((await lost.verify(fresh.token)).status, 'authenticated')
  })
})
