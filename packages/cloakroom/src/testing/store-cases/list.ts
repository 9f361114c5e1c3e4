import assert from 'node:assert/strict'
import { mintId } from '../../core/session-id.ts'
import type { Cases } from './cases.ts'
import { begin, hexOf, isLive, newSession, plain, setOf } from './session-rows.ts'

export const listCases: Cases = {
  'the list holds the sessions of the user, newest first, and those of nobody else': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    const oldest = await begin(fixture, alice)
    await fixture.advance(1)
    await begin(fixture, bob)
    const acted = await begin(fixture, alice, { impersonatorId: bob })
    await fixture.advance(1)
    await begin(fixture, null)
    const newest = await begin(fixture, alice)
    const listed = (await store.list(alice)).map(({ session }) => session)
    assert.deepEqual(hexOf(listed.map(({ id }) => id)), hexOf([newest.id, acted.id, oldest.id]))
    assert.deepEqual(
      listed.map(({ impersonatorId }) => impersonatorId),
      [null, bob, null],
    )
  },

  'the order of the list is that of creation, whatever was touched since': async (fixture) => {
    const { store, alice } = fixture
    const first = await begin(fixture, alice)
    await fixture.advance(1)
    const second = await begin(fixture, alice)
    await fixture.advance(1)
    await store.touch([first.id], 0)
    const listed = (await store.list(alice)).map(({ session }) => session.id)
    assert.deepEqual(hexOf(listed), hexOf([second.id, first.id]))
  },

  "the order is by the store's time, and not by the clocks of the processes that made the ids":
    async (fixture) => {
      const { store, alice, clock } = fixture
      const first = await begin(fixture, alice, { id: mintId(alice, clock() + 30_000) })
      await fixture.advance(1)
      const second = await begin(fixture, alice, { id: mintId(alice, clock() - 30_000) })
      const listed = (await store.list(alice)).map(({ session }) => session.id)
      assert.deepEqual(hexOf(listed), hexOf([second.id, first.id]))
    },

  'the list of who has no sessions is empty': async ({ store, alice, stranger }) => {
    assert.deepEqual(await store.list(alice), [])
    assert.deepEqual(await store.list(stranger), [])
  },

  'what is listed is what is found, without the secret hash': async (fixture) => {
    const { store, alice } = fixture
    const { id } = await begin(fixture, alice, { methods: ['hwk'], data: '{"a":1}' })
    const [listed] = await store.list(alice)
    const found = await store.find(id)
    assert.deepEqual(plain(listed?.session), plain(found?.session))
    assert.equal(listed?.liveEpoch, found?.liveEpoch)
    assert.deepEqual(Object.keys(listed ?? {}).sort(), ['liveEpoch', 'now', 'session'])
    const fields = [...Object.keys(listed?.session ?? {})].sort()
    assert.deepEqual(fields, storedFields)
  },

  'a listed session that is dead by its epoch can be seen to be so': async (fixture) => {
    const { store, alice, bob } = fixture
    const acted = await begin(fixture, alice, { impersonatorId: bob })
    const own = await begin(fixture, alice)
    await store.revoke({ userId: bob })
    const live = (await store.list(alice)).filter(({ session, liveEpoch }) => {
      return session.epoch === liveEpoch
    })
    assert.deepEqual(hexOf(live.map(({ session }) => session.id)), hexOf([own.id]))
    assert.equal(await isLive(store, acted), false)
  },

  'a sign-in that was refused is not listed': async (fixture) => {
    const { store, alice } = fixture
    const { id } = await begin(fixture, alice)
    const epoch = (await store.epoch(alice, null)) - 1
    await store.create(newSession(fixture, alice, { epoch }))
    assert.deepEqual(setOf((await store.list(alice)).map((row) => row.session.id)), setOf([id]))
  },
}

const storedFields = [
  'authenticatedAt',
  'clientId',
  'createdAt',
  'data',
  'dataVersion',
  'device',
  'epoch',
  'expiresAt',
  'id',
  'impersonatorId',
  'ip',
  'lastSeenAt',
  'methods',
  'persistent',
  'userId',
]
