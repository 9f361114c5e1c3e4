import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compare, summarize } from './summary.ts'
import { atLeast, atMost } from './verdict.ts'

const target = {
  name: 'A target',
  note: '',
  credentials: [],
  wrong: {},
  authenticate: () => undefined,
  userOf: () => undefined,
  close() {},
}

function summaryOf(...medians: number[]) {
  return summarize(
    target,
    medians.map((median) => ({ median, samples: [median - 1, median, median + 1] })),
  )
}

describe('a summary', () => {
  it('is the median of the rounds, and the quartiles of all samples', () => {
    const { median, p25, p75, operationsPerSecond } = summaryOf(100, 300, 200)
    assert.deepEqual({ median, p25, p75 }, { median: 200, p25: 101, p75: 299 })
    assert.equal(operationsPerSecond, 5_000_000)
  })

  it('compares round by round, so that a slow round slows both', () => {
    const ratio = compare(summaryOf(200, 2000, 210), summaryOf(100, 1000, 100))
    assert.equal(ratio.median, 2)
  })
})

describe('a verdict', () => {
  it('is met at its limit and missed beyond', () => {
    const ratioOf = (median: number) => ({ median, p25: median, p75: median })
    assert.equal(atMost(1.35, '', ratioOf(1.35)).isMet, true)
    assert.equal(atMost(1.35, '', ratioOf(1.36)).isMet, false)
    assert.equal(atLeast(8, '', ratioOf(8)).isMet, true)
    assert.equal(atLeast(8, '', ratioOf(7.99)).isMet, false)
  })
})
