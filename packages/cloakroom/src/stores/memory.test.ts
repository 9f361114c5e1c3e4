import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import * as v from 'valibot'
import { cloakroom } from '../cloakroom.ts'
import type { AnyUser, UserId, UserIdType, UsersLoader } from '../core/user.ts'
import {
  feedContract,
  type StoreHarness,
  signInAs,
  signingKeysContract,
  storeContract,
  testClock,
} from '../testing/index.ts'
import { type MemoryOptions, memory } from './memory.ts'

function openMemory(idType: UserIdType, options?: MemoryOptions): StoreHarness<UsersLoader> {
  const store = memory(options)
  const clock = testClock()
  const users = new Map<UserId, AnyUser>()
  return {
    store,
    users: {
      idType,
      async load(id) {
        await nextTurn()
        return users.get(id)
      },
    },
    addUser: (id) => void users.set(id, { id }),
    removeUser: (id) => void users.delete(id),
    deactivateUser: (id) => void users.delete(id),
    clock,
    advance: clock.advance,
    precisionMs: 1,
    another: () => store,
    close: () => {},
  }
}

signingKeysContract('memory', (idType) => openMemory(idType))

storeContract('memory', (idType) => openMemory(idType), {
  skip: {
    'a database that cannot answer is store_unavailable to every verb':
      'Memory cannot fail. Its loader can, which has tests of its own',
  },
})

feedContract('the feed of memory', (idType) => ({
  ...openMemory(idType, { feed: true }),
  hearsUsers: false,
  isExact: true,
}))

const origin = 'http://localhost:3000'

describe('memory, its loader', () => {
  test('a loader that fails, in whatever way, is store_unavailable, with the cause', async () => {
    const failure = new Error('no connection')
    let fail: () => undefined | Promise<undefined> = () => undefined
    const users: UsersLoader<{ id: string }> = { load: (id) => fail() ?? { id } }
    const auth = await cloakroom({ origin, store: memory(), users })
    const { token } = await signInAs(auth, 'alice')
    const failures = [
      () => {
        throw failure
      },
      () => Promise.reject(failure),
    ]
    for (const failing of failures) {
      fail = failing
      const expected = { code: 'store_unavailable', cause: failure }
      await assert.rejects(auth.verify(token), expected)
      await assert.rejects(signInAs(auth, 'alice'), expected)
    }
    fail = () => undefined
    assert.equal((await auth.verify(token)).status, 'authenticated')
    assert.equal((await auth.list('alice')).length, 1)
    await auth.close()
  })

  test('null for nobody, from a loader without types, does not pass for a user', async () => {
    let user: { id: string } | null = { id: 'alice' }
    const users = { load: () => user } as unknown as UsersLoader
    const auth = await cloakroom({ origin, store: memory(), users })
    const { token } = await signInAs(auth, 'alice')
    user = null
    assert.deepEqual(await auth.verify(token), { status: 'anonymous', reason: 'inactive' })
    await assert.rejects(signInAs(auth, 'alice'), { code: 'user_inactive' })
    await auth.close()
  })

  test('a log-out while the user is loaded: the request that began before it is refused', async () => {
    const loading = Promise.withResolvers<void>()
    let slow = false
    const users: UsersLoader<{ id: string }> = {
      async load(id) {
        if (slow) await loading.promise
        return { id }
      },
    }
    const auth = await cloakroom({ origin, store: memory(), users })
    const { token, session } = await signInAs(auth, 'alice')
    slow = true
    const verification = auth.verify(token)
    await auth.revoke({ sessionId: session.id })
    loading.resolve()
    assert.deepEqual(await verification, { status: 'anonymous', reason: 'unknown' })
    await auth.close()
  })

  test('a revocation while the user of a sign-in is loaded: the sign-in is superseded', async () => {
    const loading = Promise.withResolvers<void>()
    const users: UsersLoader<{ id: string }> = {
      async load(id) {
        await loading.promise
        return { id }
      },
    }
    const auth = await cloakroom({ origin, store: memory(), users })
    const signIn = signInAs(auth, 'alice')
    await auth.revoke({ userId: 'alice' })
    loading.resolve()
    await assert.rejects(signIn, { code: 'sign_in_superseded' })
    await auth.close()
  })

  test('what is made of one memory() shares its sessions, and nothing else does', async () => {
    const users: UsersLoader<{ id: string }> = { load: (id) => ({ id }) }
    const store = memory()
    const [one, two] = [
      await cloakroom({ origin, store, users }),
      await cloakroom({ origin, store, users }),
    ]
    const other = await cloakroom({ origin, store: memory(), users })
    const { token } = await signInAs(one, 'alice')
    assert.equal((await two.verify(token)).status, 'authenticated')
    assert.equal((await other.verify(token)).status, 'anonymous')
    for (const auth of [one, two, other]) await auth.close()
  })
})

test('a user is impersonated under a schema that wants a key: its data is given', async () => {
  const auth = await cloakroom({
    origin,
    store: memory(),
    users: { load: (id: string) => ({ id }) },
    data: v.object({ cart: v.array(v.string()) }),
  })
  const { token } = await signInAs(auth, 'staff', { data: { cart: ['own'] } })
  await assert.rejects(auth.impersonate(token, 'user'), { code: 'invalid_data' })
  const { session } = await auth.impersonate(token, 'user', { data: { cart: [] } })
  assert.deepEqual(session.data, { cart: [] })
  await auth.close()
})
