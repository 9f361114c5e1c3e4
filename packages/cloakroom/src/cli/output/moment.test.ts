import assert from 'node:assert/strict'
import { it } from 'node:test'
import { distance, moment } from './moment.ts'

it('a point in time is shown in UTC, and by how far it is away', () => {
  const now = Date.UTC(2026, 6, 30, 14, 3, 59, 999)
  assert.equal(moment(now), '2026-07-30 14:03 UTC')
  for (const [seconds, shown] of [
    [0, 'now'],
    [-5, '5 seconds ago'],
    [-100, '2 minutes ago'],
    [-3600, '1 hour ago'],
    [-86_400, 'yesterday'],
    [-3 * 86_400, '3 days ago'],
    [29 * 86_400, 'in 29 days'],
  ] as const) {
    assert.equal(distance(now + seconds * 1000, now), shown)
  }
})
