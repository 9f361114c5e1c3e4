import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CloakroomError } from '../../errors.ts'
import type { Policy } from '../policy.ts'
import { formatId, mintId } from '../session-id.ts'
import type { Found, StoredSession } from '../store.ts'
import { Signals } from './signals.ts'

const minute = 60_000
const day = 24 * 60 * minute
const leaseMs = 5000

const policy: Policy = {
  idleTimeoutMs: 7 * day,
  absoluteTimeoutMs: 40 * day,
  nonPersistentTimeoutMs: day,
  stepUpMs: 10 * minute,
  touchIntervalMs: minute,
  maxClockSkewMs: minute,
}

beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
afterEach(() => mock.timers.reset())

/** Rows that can be changed, a database that can be down, and one clock for everything. */
function world() {
  const rows = new Map<string, StoredSession>()
  const errors: unknown[] = []
  const reads: string[] = []
  const state = {
    now: 0,
    isDown: false,
    gate: undefined as Promise<void> | undefined,
    source: '',
  }
  const signals = new Signals({
    store: {
      async find(id) {
        const key = formatId(id)
        reads.push(key)
        const row = rows.get(key)
        const at = state.now
        await state.gate
        if (state.isDown) throw new CloakroomError('store_unavailable', 'down')
        return row && { ...toFound(row, at), source: state.source }
      },
    },
    policy,
    leaseMs,
    readInstant: () => ({ monotonic: state.now, wall: state.now }),
    onError: (error) => errors.push(error),
  })

  function begin(userId = 'alice', change: Partial<StoredSession> = {}) {
    const bytes = mintId(userId, state.now)
    const id = formatId(bytes)
    const row: StoredSession = {
      id: bytes,
      userId,
      impersonatorId: null,
      epoch: 0,
      clientId: null,
      createdAt: state.now,
      lastSeenAt: state.now,
      expiresAt: state.now + 40 * day,
      persistent: true,
      authenticatedAt: null,
      methods: [],
      ip: null,
      device: null,
      data: '{}',
      dataVersion: 0,
      ...change,
    }
    rows.set(id, row)
    const snapshot = {
      id,
      userId,
      impersonatorId: null,
      expiresAt: new Date(row.expiresAt),
      idleExpiresAt: new Date(row.lastSeenAt + policy.idleTimeoutMs),
      readAt: new Date(state.now),
    }
    return { id, bytes, row, snapshot }
  }

  /** Lets time go by, second by second. `each` is what the feed does meanwhile. */
  async function pass(ms: number, each: () => void = () => {}): Promise<void> {
    for (const end = state.now + ms; state.now < end; ) {
      state.now += 1000
      each()
      mock.timers.tick(1000)
      await nextTurn()
    }
  }

  function confirm(source = ''): void {
    signals.confirmed(source, { monotonic: state.now, wall: state.now })
  }

  return { signals, rows, errors, reads, state, begin, pass, confirm }
}

function toFound(session: StoredSession, now: number): Found {
  const { userId } = session
  const secretHash = new Uint8Array(32)
  return { session, secretHash, liveEpoch: 0, blocked: false, user: { id: userId ?? '' }, now }
}

describe('a signal', () => {
  test('is one and the same for one snapshot, and one for each of two', () => {
    const { signals, begin } = world()
    const { snapshot } = begin()
    assert.equal(signals.of(snapshot), signals.of(snapshot))
    const other = { ...snapshot }
    assert.notEqual(signals.of(other), signals.of(snapshot))
    assert.equal(signals.size, 1)
    signals.release(snapshot)
    assert.equal(signals.size, 1)
    signals.release(other)
    assert.equal(signals.size, 0)
  })

  test('aborts when a read, after something was told, finds no session', async () => {
    const { signals, begin, rows } = world()
    const { snapshot, id, bytes } = begin()
    const signal = signals.of(snapshot)
    await nextTurn()
    rows.delete(id)
    signals.invalidated({ sessionIds: [bytes] })
    await nextTurn()
    assert.equal(signal.aborted, true)
    assert.equal(signal.reason.code, 'session_ended')
  })

  test('goes with the lifetime that it is asked for', () => {
    const { signals, begin } = world()
    const { snapshot } = begin()
    let end = () => {}
    const signal = signals.of(snapshot, (release) => {
      end = release
    })
    assert.equal(signals.size, 1)
    end()
    assert.equal(signals.size, 0)
    assert.equal(signal.aborted, false)
  })

  test('a revocation that is told while the session is read is not lost', async () => {
    const { signals, begin, rows, state } = world()
    const { snapshot, id, bytes } = begin()
    const gate = Promise.withResolvers<void>()
    state.gate = gate.promise
    const signal = signals.of(snapshot)
    rows.delete(id)
    signals.invalidated({ sessionIds: [bytes] })
    state.gate = undefined
    gate.resolve()
    await nextTurn()
    assert.equal(signal.aborted, true)
  })
})

describe('time', () => {
  test('a deadline further away than a timer can count does not strike at once', async () => {
    const { signals, begin, pass, confirm } = world()
    signals.listening('')
    const signal = signals.of(begin().snapshot)
    await pass(10_000, confirm)
    assert.equal(signal.aborted, false)
  })

  test('the absolute timeout aborts, within a second', async () => {
    const { signals, begin, pass, confirm } = world()
    signals.listening('')
    const signal = signals.of(begin('alice', { expiresAt: 10 * minute }).snapshot)
    await pass(10 * minute - 1000, confirm)
    assert.equal(signal.aborted, false)
    await pass(1000, confirm)
    assert.equal(signal.aborted, true)
  })

  test('the idle timeout does not, while the session is used elsewhere', async () => {
    const { signals, begin, rows, pass, confirm, state } = world()
    signals.listening('')
    state.now = 8 * day
    const old = begin('alice', { lastSeenAt: state.now - policy.idleTimeoutMs + 10_000 })
    const signal = signals.of(old.snapshot)
    await nextTurn()
    rows.set(old.id, { ...old.row, lastSeenAt: state.now })
    await pass(20_000, confirm)
    assert.equal(signal.aborted, false)
    rows.set(old.id, { ...old.row, lastSeenAt: state.now - policy.idleTimeoutMs })
    signals.invalidated({ everybody: true })
    await nextTurn()
    assert.equal(signal.aborted, true)
  })
})

describe('with doubts', () => {
  test('while the feed is good, nothing is read', async () => {
    const { signals, begin, pass, confirm, reads } = world()
    signals.listening('')
    for (let count = 0; count < 20; count += 1) signals.of(begin().snapshot)
    await pass(minute - 1000, confirm)
    // Once each, at the beginning.
    assert.equal(reads.length, 20)
  })

  test('what no feed tells of, such as a user who is elsewhere, aborts within a minute', async () => {
    const { signals, begin, rows, pass, confirm } = world()
    signals.listening('')
    const { snapshot, id } = begin()
    const signal = signals.of(snapshot)
    await pass(10_000, confirm)
    rows.delete(id)
    await pass(minute, confirm)
    assert.equal(signal.reason?.code, 'session_ended')
  })

  test('while the feed is out the store is asked, within the lease, and decides', async () => {
    const { signals, begin, rows, pass, confirm, reads } = world()
    signals.listening('')
    const { snapshot, id } = begin()
    const signal = signals.of(snapshot)
    await pass(10_000, confirm)
    signals.lost('')
    await pass(minute)
    assert.equal(signal.aborted, false)
    assert(reads.length >= 60_000 / leaseMs && reads.length < 60, `${reads.length} reads`)
    rows.delete(id)
    await pass(leaseMs)
    assert.equal(signal.reason?.code, 'session_ended')
  })

  test('feed and store both out beyond the lease: it aborts', async () => {
    const { signals, begin, pass, confirm, state } = world()
    signals.listening('')
    const signal = signals.of(begin().snapshot)
    await pass(10_000, confirm)
    state.isDown = true
    signals.lost('')
    await pass(leaseMs)
    assert.equal(signal.aborted, false)
    await pass(1000)
    assert.equal(signal.reason?.code, 'store_unavailable')
  })

  test('something that was told and could not be read is not forgotten when the feed is good', async () => {
    const { signals, begin, rows, pass, confirm, state } = world()
    signals.listening('')
    const { snapshot, id, bytes } = begin()
    const signal = signals.of(snapshot)
    await pass(10_000, confirm)
    state.isDown = true
    rows.delete(id)
    signals.invalidated({ sessionIds: [bytes] })
    await pass(2000, confirm)
    assert.equal(signal.aborted, false)
    state.isDown = false
    await pass(leaseMs, confirm)
    assert.equal(signal.reason?.code, 'session_ended')
  })

  test('a new generation reads every session again', async () => {
    const { signals, begin, rows, pass, confirm } = world()
    signals.listening('')
    const { snapshot, id } = begin()
    const signal = signals.of(snapshot)
    await pass(10_000, confirm)
    rows.delete(id)
    signals.lost('')
    signals.listening('')
    await nextTurn()
    assert.equal(signal.aborted, true)
  })

  for (const when of ['first', 'last']) {
    test(`a feed that begins to listen while a session is read for the ${when} time may have missed its end`, async () => {
      const { signals, begin, rows, pass, confirm, state } = world()
      const { snapshot, id } = begin()
      const isFirst = when === 'first'
      if (!isFirst) signals.of(snapshot)
      await nextTurn()
      const gate = Promise.withResolvers<void>()
      state.gate = gate.promise
      // Read already, and not answered yet.
      const signal = signals.of({ ...snapshot })
      if (!isFirst) state.source = 'another'
      rows.delete(id)
      signals.listening(isFirst ? '' : 'another')
      state.gate = undefined
      gate.resolve()
      await pass(leaseMs, () => confirm(isFirst ? '' : 'another'))
      assert.equal(signal.reason?.code, 'session_ended')
    })
  }

  test('a session that no feed tells of is read within each lease', async () => {
    const { signals, begin, rows, pass, confirm } = world()
    signals.listening('other')
    const { snapshot, id } = begin()
    const signal = signals.of(snapshot)
    await pass(minute, confirm)
    assert.equal(signal.aborted, false)
    rows.delete(id)
    await pass(leaseMs, confirm)
    assert.equal(signal.aborted, true)
  })
})

test('10,000 signals have one timer among them, and none when they are gone', async () => {
  const set = mock.method(globalThis, 'setInterval')
  const cleared = mock.method(globalThis, 'clearInterval')
  const { signals, begin, pass, reads } = world()
  const snapshots = Array.from({ length: 10_000 }, (_, index) => begin(`user ${index}`).snapshot)
  for (const snapshot of snapshots) signals.of(snapshot)
  assert.equal(set.mock.callCount(), 1)
  await pass(3000)
  assert.equal(reads.length >= 10_000, true)
  for (const snapshot of snapshots) signals.release(snapshot)
  assert.equal(signals.size, 0)
  assert.equal(cleared.mock.callCount(), 1)
  set.mock.restore()
  cleared.mock.restore()
})
