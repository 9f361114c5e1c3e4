import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkUserId, type UserIdType } from './user.ts'

const accepted: Readonly<Record<UserIdType, readonly unknown[]>> = {
  text: ['a', '012', ' 12', 'é', 'x'.repeat(255), '👩\u200d🚀', "'; drop table users --"],
  uuid: ['01890a5d-ac96-774b-bcce-b302099a8057', '00000000-0000-0000-0000-000000000000'],
  integer: [0, 1, -1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 12.0],
  bigint: ['0', '1', '-1', '9007199254740993', '9223372036854775807', '-9223372036854775808'],
}

const refused: Readonly<Record<UserIdType, readonly unknown[]>> = {
  text: ['', 'a\0', '\ud800', 'a\udc00', 'x'.repeat(256), 1, 1n, true, new String('a')],
  uuid: [
    '01890A5D-AC96-774B-BCCE-B302099A8057',
    '01890a5dac96774bbcceb302099a8057',
    '{01890a5d-ac96-774b-bcce-b302099a8057}',
    'urn:uuid:01890a5d-ac96-774b-bcce-b302099a8057',
    ' 01890a5d-ac96-774b-bcce-b302099a8057',
    '01890a5d-ac96-774b-bcce-b302099a8057\n',
    '01890a5d-ac96-774b-bcce-b302099a805',
    '01890a5d-ac96-774b-bcce-b302099a805g',
  ],
  integer: ['1', 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 53), -0, 1n, true],
  bigint: [
    '',
    '00',
    '012',
    '-0',
    '-012',
    '+12',
    '12.0',
    ' 12',
    '12 ',
    '12\n',
    '1e3',
    '0x12',
    '12abc',
    '1_000',
    '٣',
    '9223372036854775808',
    '-9223372036854775809',
    '99999999999999999999',
    12,
    12n,
  ],
}

for (const type of Object.keys(accepted) as UserIdType[]) {
  describe(`user ids of type ${type}`, () => {
    test('are taken in their one spelling', () => {
      for (const id of accepted[type]) checkUserId(type, id)
    })

    test('are refused in any other, and as anything else', () => {
      for (const id of [...refused[type], undefined, null, {}, [], ['1']]) {
        assert.throws(() => checkUserId(type, id), { code: 'invalid_user_id' }, String(id))
      }
    })

    test('are not repeated in the error, because they may be what somebody typed', () => {
      assert.throws(
        () => checkUserId(type, `secret\0${'x'.repeat(300)}`),
        (error: Error) => !error.message.includes('secret'),
      )
    })
  })
}
