import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { channelOf } from './channel.ts'
import { readNotice } from './read-notice.ts'

describe('a notice of the feed', () => {
  test('gives ids of users as the API has them, whatever they are made of', () => {
    const read = (ids: string[], type: 'text' | 'integer' | 'bigint') =>
      readNotice(JSON.stringify({ userIds: ids }), type)
    assert.deepEqual(read(['7', '-1'], 'integer'), { userIds: [7, -1] })
    assert.deepEqual(read(['9223372036854775807'], 'bigint'), { userIds: ['9223372036854775807'] })
    assert.deepEqual(read(['', '7', '"'], 'text'), { userIds: ['', '7', '"'] })
  })

  test('gives ids of sessions as bytes', () => {
    const id = '01936b6e-0000-7000-8000-000000000001'
    const sessionIds = [Buffer.from(id.replaceAll('-', ''), 'hex')]
    assert.deepEqual(readNotice(JSON.stringify({ sessionIds: [id] }), 'text'), { sessionIds })
  })

  const unreadable = [
    '',
    '[]',
    'null',
    '7',
    '{"everybody":false}',
    '{"userIds":"7"}',
    '{"userIds":[7]}',
    '{"userIds":["7.5"]}',
    '{"userIds":[""]}',
    '{"userIds":["9007199254740993"]}',
    '{"sessionIds":["01936b6e00007000800000000000000x"]}',
  ]
  for (const payload of unreadable) {
    test(`that says ${payload || 'nothing'} is refused, and not repeated`, () => {
      assert.throws(
        () => readNotice(payload, 'integer'),
        ({ message }) => payload.length < 9 || !message.includes(payload),
      )
    })
  }
})

describe('the channel of the feed', () => {
  test('is of the schema and the prefix, and short enough for any', () => {
    assert.equal(channelOf({ schema: 'public', prefix: 'cloakroom_' }), 'public.cloakroom_changes')
    const long = { schema: `${'x'.repeat(62)}é`, prefix: 'y'.repeat(30) }
    const channels = [
      channelOf(long),
      channelOf({ ...long, prefix: 'y'.repeat(29) }),
      channelOf({ ...long, schema: `O'"Reilly` }),
    ]
    assert.equal(new Set(channels).size, 3)
    assert(channels.every((each) => /^[a-z0-9_.]{1,63}$/.test(each)))
  })
})
