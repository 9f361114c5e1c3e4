import assert from 'node:assert/strict'
import type { Replaced, Store } from '../../core/store.ts'
import type { Cases } from './cases.ts'
import {
  assertDead,
  assertLive,
  type Begun,
  begin,
  hexOf,
  newSession,
  rounds,
} from './session-rows.ts'

export const replaceCases: Cases = {
  'a session that is replaced ends, and is named': async (fixture) => {
    const { store, alice } = fixture
    for (const owner of [null, alice]) {
      const old = await begin(fixture, owner)
      const { removed } = await begin(fixture, alice, { replaces: replacing(old) })
      assert.deepEqual(hexOf(removed), hexOf([old.id]))
      assert.equal(await store.find(old.id), undefined)
    }
  },

  'a session is replaced only by who knows its secret: its id alone ends nothing': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    const others = await begin(fixture, bob, { data: '{"private":true}' })
    const replaces = { ...replacing(others, true), familyHash: new Uint8Array(32).fill(7) }
    const thief = await begin(fixture, alice, { replaces, data: '{"own":true}' })
    assert.deepEqual(thief.removed, [])
    assert.deepEqual(JSON.parse(thief.session.data), { own: true })
    await assertLive(store, others, "the other user's session")
  },

  'a session that has been rotated meanwhile is replaced all the same': async (fixture) => {
    const { store, alice } = fixture
    const old = await begin(fixture, alice)
    const { id, secretHash } = old
    const newSecretHash = new Uint8Array(32).fill(9)
    await store.rotate({ id, secretHash, newSecretHash, authenticatedBy: undefined })
    const { removed } = await begin(fixture, alice, { replaces: replacing(old) })
    assert.deepEqual(hexOf(removed), hexOf([id]))
    await assertDead(store, { ...old, secretHash: newSecretHash }, 'the rotated session')
  },

  'a session may take the place of one with its own id, and of no other': async (fixture) => {
    const { store, alice, bob } = fixture
    const old = await begin(fixture, null, { data: '{"cart":[1]}' })
    const { id } = old
    const taken = await begin(fixture, alice, { id, replaces: replacing(old, true) })
    assert.deepEqual(hexOf(taken.removed), hexOf([id]))
    await assertDead(store, old, 'the session that was replaced')
    await assertLive(store, taken, 'the session in its place')
    assert.deepEqual(JSON.parse(taken.session.data), { cart: [1] })
    const stranger = { ...replacing(taken), familyHash: new Uint8Array(32).fill(7) }
    const usurper = newSession(fixture, bob, { id, replaces: stranger })
    await assert.rejects(store.create(usurper), { code: 'store_unavailable' })
    await assertLive(store, taken, 'the session whose id was wanted')
  },

  'data is carried over only where that is asked': async (fixture) => {
    const { alice } = fixture
    for (const carryData of [true, false]) {
      const old = await begin(fixture, null, { data: '{"cart":[1]}' })
      const replaces = replacing(old, carryData)
      const { session } = await begin(fixture, alice, { replaces, data: '{"fresh":true}' })
      assert.deepEqual(JSON.parse(session.data), carryData ? { cart: [1] } : { fresh: true })
    }
  },

  'where the carried session is gone, the data that was given counts': async (fixture) => {
    const { store, alice } = fixture
    const old = await begin(fixture, null, { data: '{"cart":[1]}' })
    await store.revoke({ sessionId: old.id })
    const replaces = replacing(old, true)
    const { session, removed } = await begin(fixture, alice, { replaces, data: '{"fresh":true}' })
    assert.deepEqual(JSON.parse(session.data), { fresh: true })
    assert.deepEqual(removed, [])
  },

  'data is carried over atomically: an update that was acknowledged is carried too': async (
    fixture,
  ) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const old = await begin(fixture, null, { data: '{"items":1}' })
      const update = () => elsewhere.update(old.id, old.session.dataVersion, '{"items":2}')
      const replace = () => begin({ ...fixture, store }, alice, { replaces: replacing(old, true) })
      const [outcome, { session }] =
        round % 2 === 0
          ? await Promise.all([update(), replace()])
          : ((await Promise.all([replace(), update()])).reverse() as [string, Begun])
      const expected = { updated: { items: 2 }, gone: { items: 1 } }[outcome as string]
      assert.deepEqual(JSON.parse(session.data), expected, `after an update that was ${outcome}`)
    }
  },

  'of two log-ins that carry the same session, one ends it': async (fixture) => {
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const old = await begin(fixture, null)
      const both = await Promise.all([
        begin(fixture, fixture.alice, { replaces: replacing(old) }),
        begin({ ...fixture, store: elsewhere }, fixture.alice, { replaces: replacing(old) }),
      ])
      assert.equal(both.flatMap(({ removed }) => removed).length, 1)
      await assertDead(fixture.store, old, 'the carried session')
    }
  },

  'a replaced session is a dead one to a slow request: touch, rotate and update find nothing':
    async (fixture) => {
      const { store, alice } = fixture
      const { id, secretHash, session, ...old } = await begin(fixture, alice)
      const replaces = replacing({ id, secretHash, session, ...old })
      assert.equal(
        (await store.create(newSession(fixture, alice, { replaces }))).outcome,
        'created',
      )
      await store.touch([id], 0)
      const newSecretHash = new Uint8Array(32)
      const rotation = { id, secretHash, newSecretHash, authenticatedBy: undefined }
      assert.equal(await store.rotate(rotation), undefined)
      assert.equal(await store.update(id, session.dataVersion, '{}'), 'gone')
      assert.equal(await store.find(id), undefined)
    },

  'of a version: a session that was logged out meanwhile is not brought back by its log-in': async (
    fixture,
  ) => {
    const { store, alice } = fixture
    const old = await begin(fixture, null)
    const replaces = { ...replacing(old), version: old.session.dataVersion }
    await store.revoke({ sessionId: old.id })
    const late = newSession(fixture, alice, { id: old.id, replaces })
    assert.deepEqual(await store.create(late), { outcome: 'conflict' })
    assert.equal(await store.find(old.id), undefined)
  },

  'of a version: a session whose data has changed meanwhile stays, and nothing else ends': async (
    fixture,
  ) => {
    const { store, alice } = fixture
    const oldest = await begin(fixture, alice)
    const { id, session, ...old } = await begin(fixture, null)
    const replaces = { ...replacing({ id, session, ...old }), version: session.dataVersion }
    assert.equal(await store.update(id, session.dataVersion, '{"items":2}'), 'updated')
    const cap = {
      limit: 1,
      whenReached: 'end_oldest',
      idleTimeoutMs: 60_000,
      absoluteTimeoutMs: 60_000,
      nonPersistentTimeoutMs: 60_000,
    } as const
    const late = newSession(fixture, alice, { id, replaces, cap })
    assert.deepEqual(await store.create(late), { outcome: 'conflict' })
    await assertLive(store, oldest, 'the session over the cap')
    await assertLive(store, { id, session, ...old }, 'the session that was not replaced')
    assert.deepEqual(JSON.parse((await store.find(id))?.session.data ?? ''), { items: 2 })
  },

  'of a version: the new session counts on, so an update of the old one conflicts': async (
    fixture,
  ) => {
    const { store, alice } = fixture
    const old = await begin(fixture, null)
    const { id, session } = old
    const replaces = { ...replacing(old), version: session.dataVersion }
    const taken = await begin(fixture, alice, { id, replaces, data: '{"mine":1}' })
    assert.equal(taken.session.dataVersion, session.dataVersion + 1)
    assert.equal(await store.update(id, session.dataVersion, '{"stale":1}'), 'conflict')
    const again = { ...replacing(taken), version: taken.session.dataVersion }
    const { session: out } = await begin(fixture, null, { id, replaces: again })
    assert.equal(out.dataVersion, session.dataVersion + 2)
  },

  'of a version: of two log-ins at once into one session one is made, and it is in the list':
    async (fixture) => {
      const { store, alice } = fixture
      const elsewhere = await fixture.another()
      for (let round = 0; round < rounds; round += 1) {
        const old = await begin(fixture, null)
        const { id, session } = old
        const replaces = { ...replacing(old), version: session.dataVersion }
        const logIn = (each: Store) => each.create(newSession(fixture, alice, { id, replaces }))
        const both = await Promise.all([logIn(store), logIn(elsewhere)])
        const outcomes = both.map(({ outcome }) => outcome)
        assert.deepEqual(outcomes.toSorted(), ['conflict', 'created'])
        const listed = (await store.list(alice)).map((row) => row.session.id)
        assert(hexOf(listed).includes(hexOf([id])[0] as string), `not listed in round ${round}`)
      }
    },

  'of a version: of an update and a replacement at once, one comes first and the other learns it':
    async (fixture) => {
      const elsewhere = await fixture.another()
      for (let round = 0; round < rounds; round += 1) {
        const old = await begin(fixture, null)
        const { id, session } = old
        const replaces = { ...replacing(old), version: session.dataVersion }
        const update = () => elsewhere.update(id, session.dataVersion, '{}')
        const replace = () =>
          fixture.store.create(newSession(fixture, fixture.alice, { id, replaces }))
        const [updated, { outcome }] =
          round % 2 === 0
            ? await Promise.all([update(), replace()])
            : await Promise.all([replace(), update()]).then(([a, b]) => [b, a] as const)
        const expected = { updated: 'conflict', conflict: 'created', gone: 'impossible' }
        assert.equal(outcome, expected[updated], `after an update that was ${updated}`)
      }
    },
}

function replacing({ id, familyHash }: Begun, carryData = false): Replaced {
  return { id, familyHash, carryData }
}
