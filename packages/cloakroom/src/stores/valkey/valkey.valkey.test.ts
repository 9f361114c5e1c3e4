import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sharedValkey, waitUntil } from '@cloakroom/test-servers'
import { cloakroom, type UsersLoader } from 'cloakroom'
import { Redis } from 'iovalkey'
import { type Auth, newPrefix, openAuth, signIn } from '../../../test/valkey-auth.ts'
import { testKeys } from '../../../test/valkey-keys.ts'
import { type ValkeyClient, valkey } from './index.ts'

const origin = 'https://app.example'
const prefix = newPrefix()

let client: Redis
let auth: Auth

before(async () => {
  client = new Redis(await sharedValkey())
  auth = await openAuth(client, { prefix })
})

after(async () => {
  client.disconnect()
  const keys = testKeys([await sharedValkey()], prefix)
  await keys.remove()
  keys.close()
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
      { prefix, timeoutSeconds: 0.5 },
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
