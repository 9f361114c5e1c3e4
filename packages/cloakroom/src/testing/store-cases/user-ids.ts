import assert from 'node:assert/strict'
import type { UserId, UserIdType } from '../../core/user.ts'
import { lookAlikes } from '../sample-user-id.ts'
import type { Cases } from './cases.ts'
import { assertDead, assertLive, type Begun, begin } from './session-rows.ts'

/** Ids that a careless comparison, conversion or collation takes for one another. */
const twins: Readonly<Record<UserIdType, readonly UserId[]>> = {
  text: lookAlikes.slice(4),
  uuid: ['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8058'],
  integer: [0, 12, -12, 2 ** 31, -(2 ** 31), 2 ** 32, Number.MIN_SAFE_INTEGER],
  bigint: [
    '9007199254740999',
    '9007199254741000',
    '9223372036854775807',
    '-9223372036854775808',
    '12',
    '-12',
    '0',
  ],
}

export const userIdCases: Cases = {
  'each user id is itself alone, and comes back as it was': async (fixture) => {
    const { store, userIdType } = fixture
    const sessions = new Map<UserId, Begun>()
    for (const id of twins[userIdType]) {
      await fixture.addUser(id)
      sessions.set(id, await begin(fixture, id))
    }
    for (const [id, session] of sessions) {
      const found = await store.find(session.id)
      assert.equal(found?.session.userId, id)
      assert.equal(found?.user?.id, id)
      assert.equal((await store.list(id)).length, 1)
      assert.equal((await store.list(id))[0]?.session.userId, id)
    }
    const ended = new Set<UserId>()
    for (const id of sessions.keys()) {
      const end = ended.size % 2 === 0 ? store.revoke({ userId: id }) : store.block(id)
      assert.equal((await end).length, 1)
      ended.add(id)
      for (const [other, session] of sessions) {
        const check = ended.has(other) ? assertDead : assertLive
        await check(store, session, `the session of ${other}, after the end of ${id},`)
      }
    }
  },

  'an impersonator id comes back as it was': async (fixture) => {
    const { alice, bob } = fixture
    const { id, session } = await begin(fixture, alice, { impersonatorId: bob })
    assert.equal(session.impersonatorId, bob)
    assert.equal((await fixture.store.find(id))?.session.impersonatorId, bob)
  },
}
