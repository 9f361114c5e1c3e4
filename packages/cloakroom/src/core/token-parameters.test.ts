import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { cloakroom } from '../cloakroom.ts'
import { CloakroomError } from '../errors.ts'
import { memory } from '../stores/memory.ts'
import { signInAs, testClock } from '../testing/index.ts'
import { observed, replaced } from '../testing/session-cases/wrapped-store.ts'
import { formatId, parseId } from './session-id.ts'
import type { Store } from './store.ts'
import { defaultTokenPrefix, formatToken, hashSecret, mintToken, parseToken } from './token.ts'
import type { UsersLoader } from './user.ts'

const interval = 100
const users: UsersLoader<{ id: string }> = { load: (id) => ({ id }) }

/** Sessions of which every look-up and every touch is counted. */
async function start(t: TestContext, wrap: (store: Store) => Store = (store) => store) {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const clock = testClock()
  const shared = memory()
  const looked: string[] = []
  const touched: string[] = []
  const errors: unknown[] = []
  const options = {
    origin: 'http://localhost:3000',
    users,
    clock,
    pruneIntervalSeconds: false,
    idleTimeoutSeconds: 10 * interval,
    touchIntervalSeconds: interval,
    onError: (error: unknown) => errors.push(error),
  } as const
  const elsewhere = await cloakroom({ ...options, store: shared })
  const auth = await cloakroom({
    ...options,
    store: {
      open: async (definition) =>
        observed(wrap(await shared.open(definition)), ({ verb, given }) => {
          if (verb === 'find') looked.push(formatId(given[0] as Uint8Array))
          if (verb === 'touch') touched.push(...(given[0] as Uint8Array[]).map(formatId))
        }),
    },
  })
  /** Lets time go by, second by second, and what that begins. */
  async function pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      clock.advance(1)
      t.mock.timers.tick(1000)
      await nextTurn()
    }
  }
  return { auth, elsewhere, clock, pass, looked, touched, errors }
}

function guess(sessionId: string): string {
  const id = parseId(sessionId) as Buffer
  return formatToken(defaultTokenPrefix, { id, secret: randomBytes(32) })
}

describe('token parameters', () => {
  test('are the id, the hash that is stored, and the timeouts of the options in seconds', async (t) => {
    const { auth, elsewhere, looked } = await start(t)
    const { token, session } = await signInAs(elsewhere, 'alice')
    const secret = parseToken(defaultTokenPrefix, token)?.secret as Uint8Array
    assert.deepEqual(auth.tokenParameters(token), [
      session.id,
      hashSecret(secret),
      10 * interval,
      30 * 86_400,
    ])
    assert.deepEqual(looked, [], 'without asking the database')
    await auth.close()
  })

  test('are null for what cannot be live, and nothing is looked up', async (t) => {
    const { auth, clock, looked, pass } = await start(t)
    const { token } = await signInAs(auth, 'alice')
    const minted = (at: number) => formatToken(defaultTokenPrefix, mintToken('alice', at))
    const year = 365 * 86_400_000
    const dead = [undefined, '', 'x', `${token}0`, minted(clock() - year), minted(clock() + year)]
    for (const each of dead) {
      assert.deepEqual(auth.tokenParameters(each), [null, null, null, null])
    }
    await pass(2)
    assert.deepEqual(looked, [])
    await auth.close()
  })

  test('are new each time: an application may add its own to them', async (t) => {
    const { auth } = await start(t)
    const { token } = await signInAs(auth, 'alice')
    for (const each of [token, undefined]) {
      assert.notEqual(auth.tokenParameters(each), auth.tokenParameters(each))
    }
    await auth.close()
  })
})

describe('the touch of a session that a statement of the application verified', () => {
  test('comes with the first request after the interval, as with verify', async (t) => {
    const { auth, elsewhere, clock, pass, touched } = await start(t)
    const { token, session } = await signInAs(elsewhere, 'alice')
    clock.advance(0.74 * interval)
    auth.tokenParameters(token)
    await pass(3)
    assert.deepEqual(touched, [], 'too early')
    clock.advance(0.52 * interval)
    auth.tokenParameters(token)
    await pass(3)
    assert.deepEqual(touched, [session.id])
    const [listed] = await elsewhere.list('alice')
    assert(listed && listed.lastSeenAt > listed.createdAt)
    await auth.close()
  })

  test('keeps a session alive that is used in no other way', async (t) => {
    const { auth, elsewhere, pass } = await start(t)
    const { token } = await signInAs(elsewhere, 'alice')
    for (let times = 0; times < 25; times += 1) {
      auth.tokenParameters(token)
      await pass(interval)
    }
    assert.equal((await elsewhere.verify(token)).status, 'authenticated')
    await auth.close()
  })

  test('costs a look-up per interval and one to begin with, however many requests', async (t) => {
    const { auth, elsewhere, pass, looked, touched } = await start(t)
    const { token } = await signInAs(elsewhere, 'alice')
    for (let second = 0; second < 10 * interval; second += 1) {
      for (let times = 0; times < 3; times += 1) auth.tokenParameters(token)
      await pass(1)
    }
    await pass(2)
    assert(touched.length >= 7 && touched.length <= 14, `touched ${touched.length} times`)
    assert.equal(looked.length, touched.length + 1)
    await auth.close()
  })

  test('cannot be had with a wrong secret: ids are public', async (t) => {
    const { auth, elsewhere, clock, pass, looked, touched } = await start(t)
    const { session } = await signInAs(elsewhere, 'alice')
    clock.advance(2 * interval)
    auth.tokenParameters(guess(session.id))
    await pass(3)
    assert.deepEqual(looked, [session.id])
    assert.deepEqual(touched, [])
    await auth.close()
  })

  test('cannot be prevented with a wrong secret either', async (t) => {
    const { auth, elsewhere, clock, pass, touched } = await start(t)
    const { token, session } = await signInAs(elsewhere, 'alice')
    clock.advance(2 * interval)
    auth.tokenParameters(guess(session.id))
    await pass(3)
    auth.tokenParameters(guess(session.id))
    auth.tokenParameters(token)
    await pass(3)
    assert.deepEqual(touched, [session.id])
    await auth.close()
  })

  test('is not looked for again and again where a session has ended', async (t) => {
    const { auth, elsewhere, pass, looked, touched } = await start(t)
    const { token } = await signInAs(elsewhere, 'alice')
    await elsewhere.signOut(token)
    for (let second = 0; second < 74; second += 1) {
      auth.tokenParameters(token)
      await pass(1)
    }
    assert.equal(looked.length, 1)
    assert.deepEqual(touched, [])
    await auth.close()
  })

  test('survives that the clock of this process is set back', async (t) => {
    const { auth, elsewhere, clock, pass, looked } = await start(t)
    const { token } = await signInAs(elsewhere, 'alice')
    auth.tokenParameters(token)
    await pass(2)
    clock.advance(-3600)
    auth.tokenParameters(token)
    await pass(2)
    assert.equal(looked.length, 2)
    await auth.close()
  })

  test('needs no more memory than for 10,000 sessions', async (t) => {
    const { auth, elsewhere, pass, looked } = await start(t)
    const { token, session } = await signInAs(elsewhere, 'alice')
    for (let count = 0; count < 10_000; count += 1) auth.tokenParameters(guess(session.id))
    auth.tokenParameters(token)
    await pass(1)
    while (looked.length < 10_000) await nextTurn()
    await pass(2)
    assert.equal(looked.length, 10_000, 'what came when that many waited')
    auth.tokenParameters(token)
    await pass(2)
    auth.tokenParameters(token)
    await pass(2)
    assert.equal(looked.length, 10_001, 'what is remembered')
    for (let count = 0; count < 10_000; count += 1) auth.tokenParameters(guess(session.id))
    await pass(1)
    while (looked.length < 20_001) await nextTurn()
    auth.tokenParameters(token)
    await pass(2)
    assert.equal(looked.length, 20_002, 'what was forgotten')
    await auth.close()
  })
})

describe('look-ups in the background', () => {
  test('a failure is told of, is in the way of no other, and is tried again a minute later', async (t) => {
    const failure = new CloakroomError('store_unavailable', 'This row makes `active` fail.')
    let broken = ''
    const { auth, elsewhere, clock, pass, touched, errors } = await start(t, (store) =>
      replaced(store, {
        find: (id) => (formatId(id) === broken ? Promise.reject(failure) : store.find(id)),
      }),
    )
    const [alice, bob] = [await signInAs(elsewhere, 'alice'), await signInAs(elsewhere, 'bob')]
    broken = alice.session.id
    clock.advance(2 * interval)
    for (let second = 0; second < 50; second += 1) {
      for (const { token } of [alice, bob]) auth.tokenParameters(token)
      await pass(1)
    }
    assert.deepEqual(errors, [failure])
    assert.deepEqual(touched, [bob.session.id])
    broken = ''
    await pass(15)
    auth.tokenParameters(alice.token)
    await pass(3)
    assert.deepEqual(touched, [bob.session.id, alice.session.id])
    await auth.close()
  })

  test('one that is under way is not begun again by the requests meanwhile', async (t) => {
    const slow = Promise.withResolvers<void>()
    const { auth, elsewhere, pass, looked } = await start(t, (store) =>
      replaced(store, {
        async find(id) {
          await slow.promise
          return store.find(id)
        },
      }),
    )
    const { token, session } = await signInAs(elsewhere, 'alice')
    for (let second = 0; second < 5; second += 1) {
      auth.tokenParameters(token)
      await pass(1)
    }
    slow.resolve()
    await pass(5)
    assert.deepEqual(looked, [session.id])
    await auth.close()
  })

  test('close waits for them, and for what they touch', async (t) => {
    const { auth, elsewhere, clock, touched } = await start(t)
    const sessions = [await signInAs(elsewhere, 'alice'), await signInAs(elsewhere, 'bob')]
    clock.advance(2 * interval)
    for (const { token } of sessions) auth.tokenParameters(token)
    await auth.close()
    assert.deepEqual(new Set(touched), new Set(sessions.map(({ session }) => session.id)))
  })

  test('close does not try each while the database does not answer', async (t) => {
    const failure = new CloakroomError('store_unavailable', 'The connection ended.')
    const { auth, elsewhere, errors } = await start(t, (store) =>
      replaced(store, { find: () => Promise.reject(failure) }),
    )
    for (const user of ['alice', 'bob', 'carol']) {
      auth.tokenParameters((await signInAs(elsewhere, user)).token)
    }
    await auth.close()
    assert.deepEqual(errors, [failure])
  })

  test('after close there are none', async (t) => {
    const { auth, elsewhere, clock, pass, looked } = await start(t)
    const { token, session } = await signInAs(elsewhere, 'alice')
    clock.advance(2 * interval)
    await auth.close()
    assert.equal(auth.tokenParameters(token)[0], session.id)
    await pass(10)
    assert.deepEqual(looked, [])
  })
})
