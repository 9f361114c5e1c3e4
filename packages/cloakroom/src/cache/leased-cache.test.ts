import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Instant } from '../core/instant.ts'
import type { Found } from '../core/store.ts'
import { hashSecret, mintToken } from '../core/token.ts'
import type { UserId } from '../core/user.ts'
import { leasedCache } from './leased-cache.ts'
import { LeasedVerifications } from './leased-verifications.ts'

const leaseMs = 1000

interface Opened {
  readonly cache: LeasedVerifications
  /** Both clocks of the process. */
  readonly clock: { monotonic: number; wall: number }
  now(): Instant
  pass(ms: number): void
}

function open(settings: { maxSessions?: number; maxAgeMs?: number } = {}): Opened {
  const clock = { monotonic: 0, wall: 1_800_000_000_000 }
  const now = () => ({ ...clock })
  const { maxSessions = 10, maxAgeMs = 60_000 } = settings
  return {
    cache: new LeasedVerifications({ maxSessions, leaseMs, maxAgeMs }, now),
    clock,
    now,
    pass(ms) {
      clock.monotonic += ms
      clock.wall += ms
    },
  }
}

/** One that listens and is confirmed. */
function opened(settings?: { maxSessions?: number; maxAgeMs?: number }): Opened {
  const each = open(settings)
  each.cache.listening('')
  each.cache.confirmed('', each.now())
  return each
}

function found(userId: UserId | null, change: Partial<Found> = {}): Found {
  const token = mintToken(userId, 1_800_000_000_000)
  return {
    session: {
      id: token.id,
      userId,
      impersonatorId: null,
      epoch: 0,
      clientId: null,
      createdAt: 0,
      lastSeenAt: 0,
      expiresAt: 10_000,
      persistent: true,
      authenticatedAt: null,
      methods: [],
      ip: null,
      device: null,
      data: '{}',
      dataVersion: 0,
    },
    secretHash: hashSecret(token.secret),
    liveEpoch: 0,
    blocked: false,
    user: userId === null ? undefined : { id: userId },
    now: 0,
    ...change,
  }
}

function keep(cache: LeasedVerifications, token: string, answer: Found = found('alice')): Found {
  cache.beginRead()(token, answer)
  return answer
}

describe('the lease', () => {
  test('what was kept is used as long as the lease, and not a moment longer', () => {
    const { cache, pass } = opened()
    keep(cache, 'token')
    pass(leaseMs)
    assert.notEqual(cache.find('token'), undefined)
    pass(1)
    assert.equal(cache.find('token'), undefined)
    assert.deepEqual(cache.stats(), {
      sessions: 1,
      hits: 1,
      misses: 0,
      bypasses: 1,
      voidedFills: 0,
    })
  })

  test('it counts from the start of the round trip', () => {
    const { cache, now, pass } = opened()
    keep(cache, 'token')
    const startedAt = now()
    pass(leaseMs / 2)
    cache.confirmed('', startedAt)
    pass(leaseMs / 2 + 1)
    assert.equal(cache.find('token'), undefined)
  })

  test('a process that was stopped, or a machine that was suspended, finds it run out', () => {
    for (const clock of ['monotonic', 'wall'] as const) {
      const each = opened()
      keep(each.cache, 'token')
      each.clock[clock] += leaseMs + 1
      assert.equal(each.cache.find('token'), undefined, `by the ${clock} clock`)
    }
  })

  test('a wall clock that is set back makes nothing younger', () => {
    const { cache, clock } = opened()
    keep(cache, 'token')
    clock.monotonic += leaseMs + 1
    clock.wall -= 3_600_000
    assert.equal(cache.find('token'), undefined)
  })

  test('before the feed has listened and been confirmed nothing is kept or used', () => {
    const { cache, now } = open()
    keep(cache, 'token')
    assert.equal(cache.stats().sessions, 0)
    cache.confirmed('', now())
    assert.equal(cache.find('token'), undefined)
  })
})

describe('generations', () => {
  test('what was kept before a loss never comes back to life', () => {
    const { cache, now } = opened()
    keep(cache, 'token')
    cache.lost('')
    assert.equal(cache.find('token'), undefined)
    cache.listening('')
    cache.confirmed('', now())
    assert.equal(cache.find('token'), undefined)
    assert.equal(cache.stats().sessions, 0)
  })

  test('a read that was under way at a loss is not kept', () => {
    const { cache, now } = opened()
    const fill = cache.beginRead()
    cache.lost('')
    cache.listening('')
    cache.confirmed('', now())
    fill('token', found('alice'))
    assert.equal(cache.find('token'), undefined)
    assert.equal(cache.stats().voidedFills, 1)
  })

  test('a feed that listens anew without having told of a loss empties the cache all the same', () => {
    const { cache, now } = opened()
    keep(cache, 'token')
    cache.listening('')
    cache.confirmed('', now())
    assert.equal(cache.find('token'), undefined)
  })

  test('the loss of one server touches only what it has answered', () => {
    const { cache, now } = opened()
    cache.listening('b')
    cache.confirmed('b', now())
    keep(cache, 'of a')
    keep(cache, 'of b', found('bob', { source: 'b' }))
    cache.lost('b')
    assert.notEqual(cache.find('of a'), undefined)
    assert.equal(cache.find('of b'), undefined)
  })

  test('an answer of a server that no feed hears is not kept', () => {
    const { cache } = opened()
    keep(cache, 'token', found('alice', { source: 'unheard' }))
    keep(cache, 'token', found('alice', { source: null }))
    assert.equal(cache.stats().sessions, 0)
  })
})

describe('tickets', () => {
  const messages = {
    'of the session': (answer: Found) => ({ sessionIds: [answer.session.id] }),
    'of the user': () => ({ userIds: ['alice'] }),
    'of everybody': () => ({ everybody: true }) as const,
    'of somebody else: a read does not know its user yet': () => ({ userIds: ['bob'] }),
  }
  for (const [what, message] of Object.entries(messages)) {
    test(`a read under way is not kept when something is told ${what}`, () => {
      const { cache } = opened()
      const answer = found('alice')
      const fill = cache.beginRead()
      cache.invalidated(message(answer))
      fill('token', answer)
      assert.equal(cache.find('token'), undefined)
    })
  }
})

describe('invalidations', () => {
  test('take what they name, by session, by user, by impersonator, and all', () => {
    const { cache } = opened()
    const alice = keep(cache, 'alice')
    keep(cache, 'bob', found('bob'))
    const acting = found('carol')
    keep(cache, 'acting', { ...acting, session: { ...acting.session, impersonatorId: 'dan' } })
    keep(cache, 'nobody', found(null))
    const kept = () => ['alice', 'bob', 'acting', 'nobody'].filter((token) => cache.find(token))
    cache.invalidated({ sessionIds: [alice.session.id] })
    assert.deepEqual(kept(), ['bob', 'acting', 'nobody'])
    cache.invalidated({ userIds: ['dan', 'nobody at all'] })
    assert.deepEqual(kept(), ['bob', 'nobody'])
    cache.invalidated({ userIds: ['bob'] })
    assert.deepEqual(kept(), ['nobody'])
    cache.invalidated({ everybody: true })
    assert.deepEqual(kept(), [])
  })

  test('user ids that are numbers and those that look like them are not the same', () => {
    const { cache } = opened()
    keep(cache, 'token', found(12))
    cache.invalidated({ userIds: ['12'] })
    assert.notEqual(cache.find('token'), undefined)
    cache.invalidated({ userIds: [12] })
    assert.equal(cache.find('token'), undefined)
  })
})

describe('what is kept', () => {
  test('is read again after its largest age, whatever the feed says', () => {
    const { cache, now, pass } = opened({ maxAgeMs: 1500 })
    keep(cache, 'token')
    pass(1000)
    cache.confirmed('', now())
    assert.notEqual(cache.find('token'), undefined)
    pass(501)
    assert.equal(cache.find('token'), undefined)
  })

  test('is at most as many sessions as were allowed, the least recently used leaving first', () => {
    const { cache } = opened({ maxSessions: 2 })
    keep(cache, 'one', found('one'))
    keep(cache, 'two', found('two'))
    cache.find('one')
    keep(cache, 'three', found('three'))
    assert.notEqual(cache.find('one'), undefined)
    assert.equal(cache.find('two'), undefined)
    assert.equal(cache.stats().sessions, 2)
  })

  test('of one session is only what was read last: the secret before a rotation leaves', () => {
    const { cache } = opened()
    const answer = keep(cache, 'old')
    keep(cache, 'new', answer)
    assert.equal(cache.find('old'), undefined)
    assert.notEqual(cache.find('new'), undefined)
  })

  test('moves on with the time, so that timeouts strike in memory too', () => {
    const { cache, pass } = opened()
    keep(cache, 'token', found('alice', { now: 5000 }))
    pass(700)
    assert.equal(cache.find('token')?.now, 5700)
  })

  test('cannot be changed by one request under the hands of the next', () => {
    const { cache } = opened()
    keep(cache, 'token')
    const user = cache.find('token')?.found.user as { id: string }
    assert.throws(() => {
      user.id = 'mallory'
    }, TypeError)
    assert.equal(cache.find('token')?.found.user?.id, 'alice')
  })

  test('is not due to be touched again once it was', () => {
    const { cache, pass } = opened()
    keep(cache, 'token')
    pass(300)
    cache.touched('token')
    assert.equal(cache.find('token')?.found.session.lastSeenAt, 300)
  })
})

test('options out of range are refused, by name', () => {
  const bad = [
    { maxSessions: 0 },
    { maxSessions: 1.5 },
    { leaseSeconds: 0 },
    { leaseSeconds: 301 },
    { leaseSeconds: Number.NaN },
    { maxAgeSeconds: 0 },
    { maxAgeSeconds: '60' as never },
  ]
  for (const options of bad) {
    const [name = ''] = Object.keys(options)
    assert.throws(() => leasedCache(options), { name: 'TypeError', message: new RegExp(name) })
  }
})
