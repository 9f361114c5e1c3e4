import assert from 'node:assert/strict'
import { mintId } from '../../core/session-id.ts'
import type { Cases } from './cases.ts'
import {
  assertDead,
  assertLive,
  begin,
  hexOf,
  isLive,
  newSession,
  plain,
  rounds,
  setOf,
} from './session-rows.ts'

export const revokeCases: Cases = {
  'a session is ended by its id, once': async (fixture) => {
    const { store, alice } = fixture
    for (const owner of [alice, null]) {
      const { id } = await begin(fixture, owner)
      assert.deepEqual(hexOf(await store.revoke({ sessionId: id })), hexOf([id]))
      assert.equal(await store.find(id), undefined)
      assert.deepEqual(await store.revoke({ sessionId: id }), [])
    }
  },

  'an id that never was ends nothing': async ({ store, alice, clock }) => {
    const sessionId = mintId(alice, clock())
    assert.deepEqual(await store.revoke({ sessionId }), [])
    assert.deepEqual(await store.revoke({ sessionId, userId: alice }), [])
  },

  "nobody ends another user's session by naming oneself": async (fixture) => {
    const { store, alice, bob } = fixture
    const session = await begin(fixture, alice)
    const anonymous = await begin(fixture, null)
    assert.deepEqual(await store.revoke({ sessionId: session.id, userId: bob }), [])
    assert.deepEqual(await store.revoke({ sessionId: anonymous.id, userId: bob }), [])
    await assertLive(store, session, "the other user's session")
    await assertLive(store, anonymous, 'the anonymous session')
    assert.equal((await store.revoke({ sessionId: session.id, userId: alice })).length, 1)
  },

  'a session is ended by its family: by whatever secret it had, and by no other': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    const session = await begin(fixture, alice)
    const { id: sessionId, secretHash, familyHash } = session
    const { familyHash: foreign } = await begin(fixture, alice)
    const newSecretHash = new Uint8Array(32).fill(5)
    for (const wrong of [foreign, secretHash, new Uint8Array(32)]) {
      assert.deepEqual(await store.revoke({ sessionId, familyHash: wrong }), [])
    }
    assert.deepEqual(await store.revoke({ sessionId, familyHash, userId: bob }), [])
    await assertLive(store, session, 'the session')
    await store.rotate({ id: sessionId, secretHash, newSecretHash, authenticatedBy: undefined })
    const ended = await store.revoke({ sessionId, familyHash, userId: alice })
    assert.deepEqual(hexOf(ended), hexOf([sessionId]))
    assert.equal(await store.find(sessionId), undefined)
  },

  "all of a user's sessions end, and nobody else's": async (fixture) => {
    const { store, alice, bob } = fixture
    const own = [await begin(fixture, alice), await begin(fixture, alice)]
    const expired = await begin(fixture, alice, { lifetimeMs: 1 })
    const impersonated = await begin(fixture, alice, { impersonatorId: bob })
    const others = [await begin(fixture, bob), await begin(fixture, null)]
    await fixture.advance(1)
    const ended = setOf(await store.revoke({ userId: alice }))
    const expected = setOf([...own, impersonated].map(({ id }) => id))
    assert.deepEqual(
      ended.filter((id) => id !== hexOf([expired.id])[0]),
      expected,
    )
    for (const session of [...own, expired, impersonated]) {
      assert.equal(await store.find(session.id), undefined)
    }
    for (const session of others) await assertLive(store, session, "somebody else's session")
    assert.deepEqual(await store.revoke({ userId: alice }), [])
  },

  'impersonated sessions end with either user': async (fixture) => {
    const { store, alice, bob } = fixture
    for (const revoked of [alice, bob]) {
      for (const end of [
        () => store.revoke({ userId: revoked }),
        () => store.block(revoked),
        () => store.revoke({ everybody: true }),
      ]) {
        const acted = await begin(fixture, alice, { impersonatorId: bob })
        await end()
        await assertDead(store, acted, 'the impersonated session')
        await store.unblock(revoked)
        await assertDead(store, acted, 'the impersonated session, after the unblock')
      }
    }
  },

  'impersonated sessions end when either user is deactivated or deleted': async (fixture) => {
    const { store, alice, bob, carol } = fixture
    const [byBob, ofCarol] = [
      await begin(fixture, alice, { impersonatorId: bob }),
      await begin(fixture, carol, { impersonatorId: alice }),
    ]
    await fixture.deactivateUser(bob)
    await assertDead(store, byBob, 'the session of the deactivated impersonator')
    await fixture.removeUser(carol)
    await assertDead(store, ofCarol, 'the session in which the deleted user was impersonated')
  },

  'all but one keeps the one, and it stays live': async (fixture) => {
    const { store, alice, bob } = fixture
    const kept = await begin(fixture, alice, { data: '{"a":1}' })
    const others = [await begin(fixture, alice), await begin(fixture, alice)]
    const foreign = await begin(fixture, bob)
    const ended = await store.revoke({ userId: alice, except: kept.id })
    assert.deepEqual(setOf(ended), setOf(others.map(({ id }) => id)))
    await assertLive(store, kept, 'the kept session')
    await assertLive(store, foreign, "somebody else's session")
    for (const other of others) await assertDead(store, other, 'another session')
    const found = await store.find(kept.id)
    const { epoch: _, ...rest } = found?.session ?? { epoch: 0 }
    const { epoch: __, ...before } = kept.session
    assert.deepEqual(plain(rest), plain(before), 'nothing but its epoch has changed')
  },

  'all but one can be repeated with the same one': async (fixture) => {
    const { store, alice } = fixture
    const kept = await begin(fixture, alice)
    for (let times = 0; times < 3; times += 1) {
      assert.deepEqual(await store.revoke({ userId: alice, except: kept.id }), [])
      await assertLive(store, kept, 'the kept session')
    }
  },

  'all but one can keep a session in which the user is impersonated': async (fixture) => {
    const { store, alice, bob } = fixture
    const acted = await begin(fixture, alice, { impersonatorId: bob })
    await store.revoke({ userId: alice, except: acted.id })
    await assertLive(store, acted, 'the kept session')
  },

  'all but one, where the one is absent, ends all': async (fixture) => {
    const { store, alice, clock } = fixture
    const session = await begin(fixture, alice)
    const except = mintId(alice, clock())
    assert.deepEqual(hexOf(await store.revoke({ userId: alice, except })), hexOf([session.id]))
  },

  "all but one does not keep somebody else's session, nor harm it": async (fixture) => {
    const { store, alice, bob } = fixture
    const own = await begin(fixture, alice)
    for (const foreign of [await begin(fixture, bob), await begin(fixture, null)]) {
      const before = await store.find(foreign.id)
      await store.revoke({ userId: alice, except: foreign.id })
      await assertDead(store, own, "the user's own session")
      await assertLive(store, foreign, 'the foreign session')
      assert.equal((await store.find(foreign.id))?.session.epoch, before?.session.epoch)
    }
  },

  'all but one does not keep a session in which the user impersonates another': async (fixture) => {
    const { store, alice, bob } = fixture
    const acting = await begin(fixture, bob, { impersonatorId: alice })
    await store.revoke({ userId: alice, except: acting.id })
    await assertDead(store, acting, 'the session of the impersonator')
  },

  'all but one does not revive a dead session': async (fixture) => {
    const { store, alice, bob } = fixture
    const revoked = await begin(fixture, alice, { impersonatorId: bob })
    const expired = await begin(fixture, alice, { lifetimeMs: 60_000 })
    await store.revoke({ userId: bob })
    await assertDead(store, revoked, 'the session whose epoch is old')
    await store.revoke({ userId: alice, except: revoked.id })
    await assertDead(store, revoked, 'the session whose epoch is old')
    await fixture.advance(60)
    await store.revoke({ userId: alice, except: expired.id })
    await assertDead(store, expired, 'the expired session')
  },

  'all but one against a concurrent sign-in keeps exactly the one': async (fixture) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const kept = await begin(fixture, alice)
      const late = newSession(fixture, alice, { epoch: await store.epoch(alice, null) })
      const both = [
        () => store.revoke({ userId: alice, except: kept.id }),
        () => elsewhere.create(late),
      ]
      if (round % 2 === 1) both.reverse()
      await Promise.all(both.map((send) => send()))
      assert.equal(await isLive(store, kept), true, 'the kept session must be live')
      assert.equal(await isLive(store, late), false, 'the concurrent one must be dead')
    }
  },

  'everybody: all sessions of all users end, anonymous ones too, and each is named': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    const all = [
      await begin(fixture, alice),
      await begin(fixture, alice, { impersonatorId: bob }),
      await begin(fixture, bob),
      await begin(fixture, null),
    ]
    assert.deepEqual(setOf(await store.revoke({ everybody: true })), setOf(all.map((s) => s.id)))
    for (const session of all) await assertDead(store, session, 'each session')
    assert.deepEqual(await store.revoke({ everybody: true }), [])
    await assertLive(store, await begin(fixture, alice), 'a session begun afterwards')
  },

  'everybody: more sessions than fit a batch all end, and each is named once': async (fixture) => {
    const { store } = fixture
    const ids: Uint8Array[] = []
    for (let count = 0; count < 450; count += 1) ids.push((await begin(fixture, null)).id)
    assert.deepEqual(setOf(await store.revoke({ everybody: true })), setOf(ids))
  },

  'two revocations at once end everything, and each session is named once': async (fixture) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const all = [await begin(fixture, alice), await begin(fixture, alice)]
      const [one, two] = await Promise.all([
        store.revoke({ userId: alice }),
        elsewhere.revoke(round % 2 === 0 ? { userId: alice } : { everybody: true }),
      ])
      assert.deepEqual(setOf([...one, ...two]), setOf(all.map(({ id }) => id)))
    }
  },
}
