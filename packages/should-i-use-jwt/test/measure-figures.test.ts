// What the figures are made of: no server, no process, no time.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { describeRatio } from '../src/measure/report/differences.ts'
import { formatSeconds } from '../src/measure/report/format.ts'
import { bootstrap, compareRounds } from '../src/measuring/bootstrap.ts'
import { seededRandom } from '../src/measuring/random.ts'
import { quantile } from '../src/measuring/statistics.ts'
import { expectStatus, planRequests } from '../src/measuring/workload.ts'

describe('figures', () => {
  it('are medians with an interval, the same for the same rounds', () => {
    const rounds = [12, 10, 11, 40, 9, 10, 13, 11, 12, 10]
    const { median, low, high } = bootstrap(rounds)
    assert.equal(median, 11)
    assert.ok(low >= 10 && low < median && high > median && high <= 13, `${low} to ${high}`)
    assert.deepEqual(bootstrap(rounds), { median, low, high })
    assert.deepEqual(bootstrap([7, 7, 7]), { median: 7, low: 7, high: 7 })
  })

  it('compare round by round, so that what meets both is no difference', () => {
    const others = [10, 3, 25, 14, 8]
    const rounds = others.map((each) => each * 2)
    assert.deepEqual(compareRounds(rounds, others), { median: 2, low: 2, high: 2 })
  })

  it('know quantiles between two numbers', () => {
    assert.equal(quantile([1, 2, 3, 4], 0.5), 2.5)
    assert.equal(quantile([1, 2], 0.99), 1.99)
    assert.throws(() => quantile([], 0.5), RangeError)
  })

  it('differ only if neither equality nor the noise could be it', () => {
    const other = { id: 'jwt-hs256' } as Parameters<typeof describeRatio>[0]
    const noise = { median: 1, low: 0.95, high: 1.04 }
    const describeOther = (low: number, high: number) =>
      describeRatio(other, { median: (low + high) / 2, low, high }, noise)
    assert.equal(describeOther(1.1, 1.3), '1.20×')
    assert.equal(describeOther(0.7, 0.9), '0.80×')
    assert.equal(describeOther(1.02, 1.1), '≈ 1.06×')
    assert.equal(describeOther(0.9, 0.96), '≈ 0.93×')
    assert.equal(describeOther(0.9, 1.3), '≈ 1.10×')
  })

  it('are written in the unit that people use', () => {
    const written = [0.00049, 0.0971, 0.5, 12, 300, 899.6, 7200, 864_000].map(formatSeconds)
    assert.deepEqual(written, [
      ...['0.49 ms', '97.1 ms', '500 ms', '12 s', '5 min', '15.0 min', '2 h', '10 d'],
    ])
  })
})

describe('a workload', () => {
  const credentials = { authenticated: ['Bearer a', 'Bearer b'], junk: ['Bearer junk'] }

  it('is drawn from its mix; what cannot occur comes as an authenticated request', () => {
    const mix = { authenticated: 0.5, junk: 0.25, refresh: 0.25 }
    const next = planRequests(
      { name: 'mix', concurrency: 1, path: '/', mix },
      { credentials },
      seededRandom(1),
    )
    const drawn = Array.from({ length: 10_000 }, next)
    const junk = drawn.filter(({ kind }) => kind === 'junk')
    assert.ok(Math.abs(junk.length - 2500) < 200, `${junk.length}`)
    assert.ok(junk.every(({ credential }) => credential === 'Bearer junk'))
    assert.ok(drawn.every(({ kind, path }) => kind !== 'refresh' && path === '/'))
    assert.equal(new Set(drawn.map(({ credential }) => credential)).size, 3)
  })

  it('is no figure if an answer was another one than it must be', () => {
    expectStatus('x', 'authenticated', 200)
    expectStatus('x', 'junk', 401)
    assert.throws(() => expectStatus('x', 'junk', 200), { name: 'CheckFailed' })
    assert.throws(() => expectStatus('x', 'authenticated', 401), { name: 'CheckFailed' })
  })
})
