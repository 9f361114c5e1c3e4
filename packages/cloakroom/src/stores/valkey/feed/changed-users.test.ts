import assert from 'node:assert/strict'
import { it } from 'node:test'
import { keysOf, ownerOf } from '../keys.ts'
import { toInvalidation } from './changed-users.ts'

const keys = keysOf('app:')
const everybody = { everybody: true }

it('a key of a user tells who it is, whatever is in the id', () => {
  for (const id of ['alice', 'ä}:{b:c', 'app:u:{000}:x', '']) {
    const changed = [Buffer.from(keys.state(ownerOf(id)))]
    assert.deepEqual(toInvalidation(changed, keys, 'text'), { userIds: [id] })
  }
  const numbers = [Buffer.from(keys.state(ownerOf(42))), Buffer.from(keys.state(ownerOf(7)))]
  assert.deepEqual(toInvalidation(numbers, keys, 'integer'), { userIds: [42, 7] })
})

it('everything flushed, an epoch of everybody, and a key of no user are everybody', () => {
  const user = Buffer.from(keys.state(ownerOf('alice')))
  assert.deepEqual(toInvalidation(null, keys, 'text'), everybody)
  assert.deepEqual(
    toInvalidation([user, Buffer.from(keys.everybody('3f2'))], keys, 'text'),
    everybody,
  )
  assert.deepEqual(toInvalidation([Buffer.from('other')], keys, 'text'), everybody)
})
