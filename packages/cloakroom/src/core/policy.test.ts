import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  deathOf,
  earlyRefusal,
  expiresAt,
  idleExpiresAt,
  isSteppedUp,
  lifetime,
  type Policy,
  shortestTouchInterval,
  touchIsDue,
} from './policy.ts'
import type { Found, StoredSession } from './store.ts'

const hour = 3_600_000
const day = 24 * hour
const start = 1_700_000_000_000

const policy: Policy = {
  idleTimeoutMs: 7 * day,
  absoluteTimeoutMs: 30 * day,
  nonPersistentTimeoutMs: day,
  stepUpMs: 600_000,
  touchIntervalMs: hour,
  maxClockSkewMs: 60_000,
}

function stored(change: Partial<StoredSession> = {}): StoredSession {
  return {
    id: new Uint8Array(16),
    userId: 'alice',
    impersonatorId: null,
    epoch: 3,
    clientId: null,
    createdAt: start,
    lastSeenAt: start,
    expiresAt: start + 30 * day,
    persistent: true,
    authenticatedAt: start,
    methods: [],
    ip: null,
    device: null,
    data: '{}',
    dataVersion: 0,
    ...change,
  }
}

function found(session: StoredSession, change: Partial<Found> = {}): Found {
  const user = { id: 'alice' }
  const secretHash = new Uint8Array(32)
  return { session, secretHash, liveEpoch: 3, blocked: false, user, now: start, ...change }
}

describe('policy: how long a session lasts', () => {
  test('the shortest of what applies to it', () => {
    const of = (persistent: boolean, impersonated: boolean, change: Partial<Policy> = {}) =>
      lifetime({ ...policy, ...change }, { persistent, impersonated })
    assert.equal(of(true, false), 30 * day)
    assert.equal(of(false, false), day)
    assert.equal(of(true, true), hour)
    assert.equal(of(false, true), hour)
    assert.equal(of(false, false, { nonPersistentTimeoutMs: 60 * day }), 30 * day)
    assert.equal(of(false, true, { nonPersistentTimeoutMs: hour / 2 }), hour / 2)
    assert.equal(of(true, true, { absoluteTimeoutMs: 60_000 }), 60_000)
  })

  test("the stored deadline or today's policy, whichever is earlier", () => {
    assert.equal(expiresAt(stored(), policy), start + 30 * day)
    assert.equal(expiresAt(stored({ expiresAt: start + 1 }), policy), start + 1)
    const tighter = { ...policy, absoluteTimeoutMs: day }
    assert.equal(expiresAt(stored(), tighter), start + day)
    const looser = { ...policy, absoluteTimeoutMs: 60 * day }
    assert.equal(expiresAt(stored(), looser), start + 30 * day)
    assert.equal(expiresAt(stored({ persistent: false }), policy), start + day)
    assert.equal(expiresAt(stored({ impersonatorId: 'bob' }), policy), start + hour)
  })

  test('idleness counts from when it was last seen', () => {
    assert.equal(idleExpiresAt(stored({ lastSeenAt: start + 5 }), policy), start + 5 + 7 * day)
  })
})

describe('policy: why a session is dead', () => {
  const cases: readonly [string, Partial<StoredSession>, Partial<Found>, string | undefined][] = [
    ['new', {}, {}, undefined],
    ['1 ms before its idle end', {}, { now: start + 7 * day - 1 }, undefined],
    ['at its idle end', {}, { now: start + 7 * day }, 'idle'],
    ['after its idle end', {}, { now: start + 7 * day + 1 }, 'idle'],
    ['1 ms before its end', { expiresAt: start + 9 }, { now: start + 8 }, undefined],
    ['at its end', { expiresAt: start + 9 }, { now: start + 9 }, 'expired'],
    ['both over', {}, { now: start + 31 * day }, 'expired'],
    ['for the day: before', { persistent: false }, { now: start + day - 1 }, undefined],
    ['for the day: at the end', { persistent: false }, { now: start + day }, 'expired'],
    ['acted in: before', { impersonatorId: 'bob' }, { now: start + hour - 1 }, undefined],
    ['acted in: at the end', { impersonatorId: 'bob' }, { now: start + hour }, 'expired'],
    ['blocked', {}, { blocked: true }, 'blocked'],
    ['of an older epoch', { epoch: 2 }, {}, 'revoked'],
    ['of a newer epoch, which cannot be', { epoch: 4 }, {}, 'revoked'],
    ['of nobody any more', {}, { user: undefined }, 'inactive'],
    ['anonymous', { userId: null }, { user: undefined }, undefined],
    ['anonymous, revoked', { userId: null, epoch: 2 }, { user: undefined }, 'revoked'],
    ["a client's", { clientId: 'backend' }, {}, 'unknown'],
    ['a client of the empty name', { clientId: '' }, {}, 'unknown'],
  ]
  for (const [name, session, change, expected] of cases) {
    test(`${name}: ${expected ?? 'live'}`, () => {
      assert.equal(deathOf(found(stored(session), change), policy), expected)
    })
  }
})

describe('policy: what a token says by its id alone', () => {
  const oldest = 30 * day + 2 * 60_000
  const cases: readonly [string, number, string | undefined][] = [
    ['now', 0, undefined],
    ['1 ms before the absolute timeout and twice the skew', -oldest + 1, undefined],
    ['at the absolute timeout and twice the skew', -oldest, 'expired'],
    ['in the year 1970', -start, 'expired'],
    ['a day in the future', day, undefined],
    ['a day and 1 ms in the future', day + 1, 'unknown'],
    ['in the far future', 2 ** 48 - 1 - start, 'unknown'],
  ]
  for (const [name, offset, expected] of cases) {
    test(`${name}: ${expected ?? 'it may be live'}`, () => {
      assert.equal(earlyRefusal(start + offset, start, policy), expected)
    })
  }

  test('the idle timeout says nothing about a token: its session may have been in use', () => {
    assert.equal(earlyRefusal(start - 8 * day, start, policy), undefined)
  })
})

describe('policy: step-up', () => {
  const steppedUp = (ageMs: number | null, maxAgeMs?: number): boolean => {
    const authenticatedAt = ageMs === null ? null : new Date(start - ageMs)
    return isSteppedUp({ authenticatedAt, readAt: new Date(start) }, policy, maxAgeMs)
  }
  const cases: readonly [string, number | null, number | undefined, boolean][] = [
    ['just checked', 0, undefined, true],
    ['1 ms before the end', 599_999, undefined, true],
    ['at the end', 600_000, undefined, false],
    ['never checked', null, undefined, false],
    ['never checked, any age will do', null, Number.POSITIVE_INFINITY, false],
    ['within an own limit', 999, 1000, true],
    ['at an own limit', 1000, 1000, false],
    ['an own limit that is no number', 0, Number.NaN, false],
    ['an own limit of nothing', 0, 0, false],
    ['in the future by as much as clocks may differ', -60_000, undefined, true],
    ['in the future by more', -60_001, undefined, false],
  ]
  for (const [name, ageMs, maxAgeMs, expected] of cases) {
    test(`${name}: ${expected ? 'enough' : 'not enough'}`, () => {
      assert.equal(steppedUp(ageMs, maxAgeMs), expected)
    })
  }
})

describe('policy: when to touch', () => {
  const due = (lastByte: number, idleMs: number): boolean => {
    const id = new Uint8Array(16).fill(lastByte, 15)
    return touchIsDue({ session: stored({ id }), now: start + idleMs }, policy)
  }

  test('between three quarters and five quarters of the interval, by the last byte of the id', () => {
    assert.equal(due(0, 0.75 * hour - 1), false)
    assert.equal(due(0, 0.75 * hour), true)
    assert.equal(due(255, 1.25 * hour - 1), false)
    assert.equal(due(255, 1.25 * hour), true)
  })

  test('no two touches of a session are closer than the shortest interval', () => {
    for (let lastByte = 0; lastByte < 256; lastByte += 1) {
      assert.equal(due(lastByte, shortestTouchInterval(policy) - 1), false)
    }
  })

  test('the shortest interval is whole, as databases need it', () => {
    assert.equal(shortestTouchInterval({ ...policy, touchIntervalMs: 1001 }), 750)
  })

  test('a clock that was set back makes no touch due', () => {
    assert.equal(due(0, -hour), false)
  })
})
