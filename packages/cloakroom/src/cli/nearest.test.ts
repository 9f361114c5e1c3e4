import assert from 'node:assert/strict'
import { it } from 'node:test'
import { nearest } from './nearest.ts'

it('nearest finds the word that was probably meant, and none that is only similar', () => {
  const known = ['--json', '--yes', '--database', '--users-table']
  for (const [typed, meant] of [
    ['--jsno', '--json'],
    ['--database', '--database'],
    ['--datebase', '--database'],
    ['--user-table', '--users-table'],
    ['--yse', '--yes'],
    ['--force', undefined],
    ['', undefined],
  ] as const) {
    assert.equal(nearest(typed, known), meant, typed)
  }
})
