import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkHistory, type Promises } from './check-history.ts'
import { type Check, type Ended, type Ending, forgedToken, type Issue } from './history.ts'

const ms = 1e6
const promises: Promises = { leaseMs: 1000, losesSessions: false }

function issue(token: number, times: readonly [number, number], session: number = token): Issue {
  const [begunAt, acknowledgedAt] = times
  return { token, session, user: 7, begunAt: begunAt * ms, acknowledgedAt: acknowledgedAt * ms }
}

function ending(of: Ended, begun: number, acknowledged?: number, isSettled = false): Ending {
  const acknowledgedAt = acknowledged === undefined ? undefined : acknowledged * ms
  return { of, isSettled, begunAt: begun * ms, acknowledgedAt }
}

function check(token: number, begun: number, outcome: Check['outcome'] = 'accepted'): Check {
  return { token, begunAt: begun * ms, endedAt: (begun + 1) * ms, outcome }
}

function kinds(
  issues: readonly Issue[],
  endings: readonly Ending[],
  checks: readonly Check[],
  promised: Promises = promises,
): string[] {
  return checkHistory({ issues, endings, checks }, promised).map(({ kind }) => kind)
}

describe('a verification that is accepted', () => {
  const born = [issue(1, [0, 10])]

  test('is right as long as nothing has ended the session', () => {
    assert.deepEqual(kinds(born, [], [check(1, 5), check(1, 5000)]), [])
  })

  test('is late by one nanosecond more than the lease after the end was acknowledged', () => {
    const ended = [ending({ session: 1 }, 100, 200)]
    const exactly = check(1, 1200)
    assert.deepEqual(kinds(born, ended, [exactly]), [])
    assert.deepEqual(kinds(born, ended, [{ ...exactly, begunAt: exactly.begunAt + 1 }]), ['late'])
  })

  test('counts from the first of several ends, and tells how late it was', () => {
    const ended = [ending({ session: 1 }, 900, 950), ending({ user: 7 }, 100, 200)]
    const [violation] = checkHistory(
      { issues: born, endings: ended, checks: [check(1, 1250)] },
      promises,
    )
    assert.equal(violation?.kind, 'late')
    assert.equal(violation?.afterMs, 1050)
  })

  test('is judged by its begin: it may have been slow', () => {
    const slow = { ...check(1, 1150), endedAt: 9000 * ms }
    assert.deepEqual(kinds(born, [ending({ session: 1 }, 100, 200)], [slow]), [])
  })

  test('is wrong at once after a settled end, and not a moment before', () => {
    const ended = [ending({ session: 1 }, 100, 1300, true)]
    assert.deepEqual(kinds(born, ended, [check(1, 1300)]), [])
    const after = { ...check(1, 1300), begunAt: 1300 * ms + 1 }
    assert.deepEqual(kinds(born, ended, [after]), ['unsettled'])
  })

  test('is never wrong by an end that nobody was told of', () => {
    assert.deepEqual(kinds(born, [ending({ session: 1 }, 100)], [check(1, 9000)]), [])
  })

  test('is not wrong by an end of somebody else, or of before its session', () => {
    const ended = [
      ending({ session: 2 }, 100, 200),
      ending({ token: 2 }, 100, 200),
      ending({ user: 8 }, 100, 200),
      ending({ user: 7 }, -50, -40),
    ]
    assert.deepEqual(kinds(born, ended, [check(1, 9000)]), [])
  })

  test('is not wrong by an end of all that began while its session was created', () => {
    assert.deepEqual(kinds(born, [ending({ user: 7 }, 5, 50)], [check(1, 9000)]), [])
    assert.deepEqual(kinds(born, [ending({ user: 7 }, 10.001, 50)], [check(1, 9000)]), ['late'])
  })

  test('after a rotation is wrong with the old token, and right with the new one', () => {
    const rotated = [...born, issue(2, [100, 200], 1)]
    const ended = [ending({ token: 1 }, 100, 200)]
    assert.deepEqual(kinds(rotated, ended, [check(1, 1201), check(2, 1201)]), ['late'])
  })

  test('is wrong with each token of a session that has ended, rotated meanwhile or not', () => {
    const rotated = [...born, issue(2, [100, 200], 1)]
    const ended = [ending({ user: 7 }, 150, 300)]
    assert.deepEqual(kinds(rotated, ended, [check(2, 1301)]), ['late'])
  })

  test('is wrong with a token that nobody was given', () => {
    assert.deepEqual(kinds(born, [], [check(forgedToken, 20)]), ['forged'])
    assert.deepEqual(kinds(born, [], [check(forgedToken, 20, 'anonymous')]), [])
  })

  test('is wrong as somebody else', () => {
    assert.deepEqual(kinds(born, [], [check(1, 20, 'mistaken')]), ['mistaken'])
    assert.deepEqual(kinds(born, [], [check(forgedToken, 20, 'mistaken')]), ['mistaken'])
  })
})

describe('a verification that is refused', () => {
  const born = [issue(1, [0, 10])]

  test('is wrong if nothing can have ended the session before its answer', () => {
    const anonymous = check(1, 50, 'anonymous')
    assert.deepEqual(kinds(born, [], [anonymous]), ['refused'])
    assert.deepEqual(kinds(born, [ending({ session: 1 }, 51.001, 60)], [anonymous]), ['refused'])
    assert.deepEqual(kinds(born, [ending({ session: 1 }, 51, 60)], [anonymous]), [])
  })

  test('may be by an end that failed, or began before the session did and was not over', () => {
    const anonymous = check(1, 50, 'anonymous')
    assert.deepEqual(kinds(born, [ending({ session: 1 }, 20)], [anonymous]), [])
    assert.deepEqual(kinds(born, [ending({ user: 7 }, -20, 5)], [anonymous]), [])
    assert.deepEqual(kinds(born, [ending({ user: 7 }, -20, -5)], [anonymous]), ['refused'])
  })

  test('is nobody’s fault where a failover may lose sessions', () => {
    const losing = { ...promises, losesSessions: true }
    assert.deepEqual(kinds(born, [], [check(1, 50, 'anonymous')], losing), [])
  })

  test('is right while the store does not answer', () => {
    const ended = [ending({ session: 1 }, 20, 30, true)]
    assert.deepEqual(kinds(born, [], [check(1, 50, 'unavailable')]), [])
    assert.deepEqual(kinds(born, ended, [check(1, 5000, 'unavailable')]), [])
  })
})

test('a history with a verification of a token that it does not know is no history', () => {
  assert.throws(() => kinds([], [], [check(5, 1)]), /token 5/)
})
