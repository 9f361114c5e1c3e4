import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { sharedValkey, startValkey } from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import { type Auth, newPrefix, openAuth, signIn } from '../../../test/valkey-auth.ts'
import { type TestKeys, testKeys } from '../../../test/valkey-keys.ts'
import { hashSecret, parseToken } from '../../core/token.ts'
import { keysOf, ownerOf, toBuffer } from './keys.ts'

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

function stateKey(userId: string, of: string = prefix): string {
  return keysOf(of).state(ownerOf(userId))
}

function indexKey(userId: string): string {
  return keysOf(prefix).index(ownerOf(userId))
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

  it('an anonymous session is in no index: prune passes it by, and the server removes it', async () => {
    const brief = await openAuth(client, { prefix }, { absoluteTimeoutSeconds: 60 })
    const { token, session } = await brief.createAnonymous()
    const key = keysOf(prefix).session(session.id.replaceAll('-', ''))
    await keys.age(61_000)
    assert.deepEqual(await brief.verify(token), { status: 'anonymous', reason: 'expired' })
    assert.equal(await brief.prune(), 0)
    assert.equal(await client.exists(key), 1)
    const left = await client.pttl(key)
    assert.ok(left > 0 && left < 3_600_000, `It stays for ${left} ms`)
    await keys.age(3_600_000)
    assert.equal(await client.exists(key), 0)
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

describe('a Valkey that has lost everything', () => {
  it('knows no session and no block any more: everybody is signed out, and may sign in', async (t) => {
    const server = await startValkey()
    const own = new Redis(server.url)
    t.after(async () => {
      own.disconnect()
      await server.stop()
    })
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
