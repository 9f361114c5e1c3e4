import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { leasedCache } from '../cache/leased-cache.ts'
import { cloakroom } from '../cloakroom.ts'
import { CloakroomError } from '../errors.ts'
import { memory } from '../stores/memory.ts'
import { signInAs } from '../testing/index.ts'
import { type Instant, readInstant } from './instant.ts'
import type { FeedListener, RevocationFeed } from './revocation-feed.ts'
import type { Store, StoreFactory } from './store.ts'
import type { UsersLoader } from './user.ts'

const source = ''

/** A store in memory whose feed says what the test wants, and nothing else. */
function controlled(change: (store: Store) => Partial<Store> = () => ({})) {
  let listener: FeedListener | undefined
  const feed: RevocationFeed = {
    heartbeatMs: 100,
    start(started) {
      listener = started
    },
    async close() {
      listener = undefined
    },
  }
  const inner = memory()
  const store: StoreFactory<UsersLoader> = {
    async open(definition) {
      const opened = await inner.open(definition)
      return { ...opened, ...change(opened), feed }
    },
  }
  return { store, listener: () => listener as FeedListener }
}

const users = { load: (id: string) => ({ id }) }

async function open(
  store: StoreFactory<UsersLoader>,
  options: { leaseSeconds?: number; onError?: (error: unknown) => void } = {},
) {
  const { leaseSeconds = 5, ...rest } = options
  return cloakroom({
    origin: 'https://app.example',
    store,
    users,
    cache: leasedCache({ leaseSeconds }),
    pruneIntervalSeconds: false,
    ...rest,
  })
}

const later = (instant: Instant, ms: number): Instant => ({
  monotonic: instant.monotonic + ms,
  wall: instant.wall + ms,
})

describe('a process that follows its store’s feed', () => {
  test('a cache without a feed is refused, and the store closed', async () => {
    let isClosed = false
    const inner = memory()
    const store: StoreFactory<UsersLoader> = {
      async open(definition) {
        const opened = await inner.open(definition)
        return {
          ...opened,
          async close() {
            isClosed = true
          },
        }
      },
    }
    await assert.rejects(open(store), { name: 'TypeError', message: /feed: true/ })
    assert.equal(isClosed, true)
  })

  test('so is a lease that no heartbeat can renew in time', async () => {
    const { store } = controlled()
    await assert.rejects(open(store, { leaseSeconds: 0.2 - 1e-9 }), { name: 'TypeError' })
    const slow: StoreFactory<UsersLoader> = {
      async open(definition) {
        const opened = await store.open(definition)
        return { ...opened, feed: { ...(opened.feed as RevocationFeed), heartbeatMs: 3000 } }
      },
    }
    await assert.rejects(open(slow), { name: 'TypeError', message: /at least 6/ })
  })

  test('does not use its cache before its lease is recorded, nor after a loss until it is again', async () => {
    let recording = Promise.withResolvers<void>()
    const recorded: number[] = []
    const { store, listener } = controlled((inner) => ({
      async largestLease(atLeastMs) {
        await recording.promise
        recorded.push(atLeastMs)
        return inner.largestLease(atLeastMs)
      },
    }))
    const auth = await open(store)
    const { token } = await signInAs(auth, 'alice')
    const hits = async () => {
      await auth.verify(token)
      await auth.verify(token)
      return auth.feedHealth()?.cache?.hits
    }
    for (const expected of [2, 4]) {
      listener().listening(source)
      listener().confirmed(source, readInstant())
      assert.equal(await hits(), expected - 2)
      recording.resolve()
      await nextTurn()
      assert.equal(await hits(), expected - 2)
      listener().confirmed(source, readInstant())
      assert.equal(await hits(), expected)
      listener().lost(source)
      recording = Promise.withResolvers()
    }
    assert.deepEqual(recorded, [5000, 5000])
    await auth.close()
  })

  test('a lease that could not be recorded is recorded at the next round trip', async () => {
    const errors: unknown[] = []
    let failures = 1
    const { store, listener } = controlled((inner) => ({
      async largestLease(atLeastMs) {
        failures -= 1
        if (failures >= 0) throw new CloakroomError('store_unavailable', 'down')
        return inner.largestLease(atLeastMs)
      },
    }))
    const auth = await open(store, { onError: (error) => errors.push(error) })
    const { token } = await signInAs(auth, 'alice')
    listener().listening(source)
    for (let round = 0; round < 3; round += 1) {
      listener().confirmed(source, readInstant())
      await nextTurn()
    }
    await auth.verify(token)
    await auth.verify(token)
    assert.equal(auth.feedHealth()?.cache?.hits, 1)
    assert.equal(errors.length, 1)
    await auth.close()
  })

  test('an answer that comes after the next generation has recorded its lease does not undo that', async () => {
    const first = Promise.withResolvers<void>()
    let calls = 0
    const { store, listener } = controlled((inner) => ({
      async largestLease(atLeastMs) {
        calls += 1
        if (calls === 1) await first.promise
        return inner.largestLease(atLeastMs)
      },
    }))
    const auth = await open(store)
    const { token } = await signInAs(auth, 'alice')
    for (let generation = 0; generation < 2; generation += 1) {
      listener().lost(source)
      listener().listening(source)
      listener().confirmed(source, readInstant())
    }
    await nextTurn()
    first.resolve()
    await nextTurn()
    listener().confirmed(source, readInstant())
    await auth.verify(token)
    await auth.verify(token)
    assert.equal(auth.feedHealth()?.cache?.hits, 1)
    await auth.close()
  })

  test('while the feed is out the store is asked, and if that is down too it is store_unavailable', async () => {
    let isDown = false
    const { store, listener } = controlled((inner) => ({
      async find(id) {
        if (isDown) throw new CloakroomError('store_unavailable', 'down')
        return inner.find(id)
      },
    }))
    const auth = await open(store)
    const { token } = await signInAs(auth, 'alice')
    listener().listening(source)
    for (let round = 0; round < 2; round += 1) {
      listener().confirmed(source, readInstant())
      await nextTurn()
    }
    assert.equal((await auth.verify(token)).status, 'authenticated')
    isDown = true
    assert.equal((await auth.verify(token)).status, 'authenticated')
    listener().lost(source, new Error('cut'))
    await assert.rejects(auth.verify(token), { code: 'store_unavailable' })
    isDown = false
    assert.equal((await auth.verify(token)).status, 'authenticated')
    await auth.close()
  })

  test('its health says what it heard, and how well', async () => {
    const { store, listener } = controlled()
    const auth = await open(store)
    assert.equal(auth.feedHealth()?.isConfirmed, false)
    listener().listening(source)
    assert.equal(auth.feedHealth()?.isConfirmed, false)
    listener().confirmed(source, later(readInstant(), -1000))
    listener().invalidated({ userIds: ['alice'] })
    const { isConfirmed, leaseAgeMs = 0, invalidations, generations } = auth.feedHealth() ?? {}
    assert.deepEqual(
      { isConfirmed, invalidations, generations },
      {
        isConfirmed: true,
        invalidations: 1,
        generations: 1,
      },
    )
    assert(leaseAgeMs >= 1000)
    listener().confirmed(source, later(readInstant(), -5001))
    assert.equal(auth.feedHealth()?.isConfirmed, false)
    listener().lost(source)
    assert.equal(auth.feedHealth()?.losses, 1)
    assert.equal(auth.feedHealth()?.leaseAgeMs, undefined)
    await auth.close()
  })
})

describe('settled', () => {
  test('waits for the longest lease of all processes, from the acknowledgement on', async () => {
    const shared = memory()
    const auth = await cloakroom({ origin: 'https://app.example', store: shared, users })
    const { token } = await signInAs(auth, 'alice')
    // Of another process.
    const other = await shared.open({ users, clock: Date.now })
    await other.largestLease(200)
    const before = performance.now()
    await auth.block('alice', { settled: true })
    assert(performance.now() - before >= 250)
    assert.equal((await auth.verify(token)).status, 'anonymous')
    await auth.close()
  })

  test('waits for nothing where nobody has a cache', async (t) => {
    const auth = await cloakroom({ origin: 'https://app.example', store: memory(), users })
    const { session } = await signInAs(auth, 'alice')
    t.mock.timers.enable({ apis: ['setTimeout'] })
    assert.equal((await auth.revoke({ sessionId: session.id }, { settled: true })).length, 1)
    t.mock.timers.reset()
    await auth.close()
  })

  test('passes nobody by whose lease is not recorded yet and whose round trip had begun before', async () => {
    const recording = Promise.withResolvers<void>()
    let other: Store | undefined
    const { store, listener } = controlled((inner) => {
      other = inner
      return {
        async largestLease(atLeastMs) {
          if (atLeastMs > 0) await recording.promise
          return inner.largestLease(atLeastMs)
        },
      }
    })
    const auth = await open(store)
    const { token } = await signInAs(auth, 'alice')
    const isVerified = async () => (await auth.verify(token)).status === 'authenticated'
    listener().listening(source)
    listener().confirmed(source, readInstant())
    assert.equal(await isVerified(), true)
    const startedAt = readInstant()
    // Another process, of which nothing has been heard yet when this one's answers come.
    await other?.block('alice')
    assert.equal(await other?.largestLease(0), 0)
    recording.resolve()
    await nextTurn()
    listener().confirmed(source, startedAt)
    assert.equal(await isVerified(), false)
    await auth.close()
  })

  test('must be true or false', async () => {
    const auth = await cloakroom({ origin: 'https://app.example', store: memory(), users })
    const bad = { settled: 'yes' as never }
    await assert.rejects(auth.revoke({ everybody: true }, bad), TypeError)
    await assert.rejects(auth.block('alice', bad), TypeError)
    await auth.close()
  })
})

test('a session of a store without a feed has no signal, and says what to do', async () => {
  const auth = await cloakroom({ origin: 'https://app.example', store: memory(), users })
  const { session } = await signInAs(auth, 'alice')
  assert.throws(() => session.signal, /feed: true/)
  assert.equal(auth.feedHealth(), undefined)
  assert(!Object.keys(session).includes('signal'))
  await auth.close()
})
