import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storeContract } from './index.ts'

const open = () => assert.fail('No test may begin')

test('a test of the suite is skipped by its whole name only, and with a reason', () => {
  const skip = (reasons: Record<string, string>) => () =>
    storeContract('none', open, { userIdTypes: [], skip: reasons })
  skip({ 'touch of nothing does nothing': 'It is being written' })()
  assert.throws(skip({ 'touch of nothing does nothing': '' }), TypeError)
  assert.throws(skip({ 'touch of nothing does nothing': ' ' }), TypeError)
  assert.throws(skip({ touch: 'It is being written' }), TypeError)
})
