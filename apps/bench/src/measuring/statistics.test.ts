import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { median, quantile, sortNumbers } from './statistics.ts'

describe('statistics', () => {
  it('sorts numbers as numbers', () => {
    assert.deepEqual(sortNumbers([10, 9, 1]), [1, 9, 10])
  })

  it('finds the median of odd and even counts', () => {
    assert.equal(median([3, 1, 2]), 2)
    assert.equal(median([4, 1, 2, 3]), 2.5)
    assert.equal(median([5]), 5)
  })

  it('interpolates quantiles', () => {
    assert.equal(quantile([0, 10, 20, 30, 40], 0.25), 10)
    assert.equal(quantile([0, 10], 0.75), 7.5)
    assert.equal(quantile([0, 10], 1), 10)
  })

  it('knows no quantile of nothing', () => {
    assert.throws(() => quantile([], 0.5), RangeError)
  })
})
