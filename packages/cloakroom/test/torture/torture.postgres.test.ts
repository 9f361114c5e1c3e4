import assert from 'node:assert/strict'
import { it } from 'node:test'
import { checkTorture } from './torture-cases.ts'

it('PostgreSQL: nothing is accepted too late while everything fails in turn', async (t) => {
  await checkTorture('postgres', t, ({ violations }) => assert.deepEqual(violations, []))
})

it('PostgreSQL: a feed that hides that it was lost is found out', async (t) => {
  await checkTorture(
    'postgres',
    t,
    ({ violations }) => assert(violations.some(({ kind }) => kind === 'late')),
    'feed',
  )
})
