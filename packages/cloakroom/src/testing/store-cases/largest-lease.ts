import assert from 'node:assert/strict'
import type { Cases } from './cases.ts'

export const largestLeaseCases: Cases = {
  'the longest lease is recorded, and never gets shorter': async ({ store, another }) => {
    assert.equal(await store.largestLease(0), 0)
    assert.equal(await store.largestLease(5000), 5000)
    const other = await another()
    assert.equal(await other.largestLease(2000), 5000)
    assert.equal(await other.largestLease(60_000), 60_000)
    assert.equal(await store.largestLease(0), 60_000)
  },
}
