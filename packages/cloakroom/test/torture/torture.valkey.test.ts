import assert from 'node:assert/strict'
import { it } from 'node:test'
import { checkTorture } from './torture-cases.ts'

it('Valkey: nothing is accepted too late while everything fails in turn', async (t) => {
  await checkTorture('valkey', t, ({ violations }) => assert.deepEqual(violations, []))
})

it('a cluster: nothing is accepted too late while primaries are replaced', async (t) => {
  await checkTorture('valkey-cluster', t, ({ violations }) => assert.deepEqual(violations, []))
})

it('Valkey: a cache that outlives the loss of its feed is found out', async (t) => {
  await checkTorture(
    'valkey',
    t,
    ({ violations }) => assert(violations.some(({ kind }) => kind === 'late')),
    'generation',
  )
})
