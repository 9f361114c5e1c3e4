import assert from 'node:assert/strict'
import { mintId } from '../../core/session-id.ts'
import type { Cases } from './cases.ts'
import { begin, isLive, newSession, plain } from './session-rows.ts'

export const findCases: Cases = {
  'an id that never was is found by nobody': async ({ store, alice, clock }) => {
    assert.equal(await store.find(mintId(alice, clock())), undefined)
  },

  'what is found is what was created': async (fixture) => {
    const { store, alice } = fixture
    const wanted = newSession(fixture, alice, {
      persistent: false,
      methods: ['pwd', 'otp'],
      ip: '2001:db8::1',
      device: 'Firefox on Linux',
      data: '{"a":[1,2.5,null,{"b":"c"}]}',
    })
    const created = await store.create(wanted)
    assert(created.outcome === 'created')
    const found = await store.find(wanted.id)
    assert(found)
    const { now, ...atCreation } = created.found
    const { now: later, ...atFind } = found
    assert.deepEqual(plain(atFind), plain(atCreation))
    assert(later >= now)

    const { session } = found
    assert.deepEqual(Buffer.from(session.id), Buffer.from(wanted.id))
    assert.deepEqual(Buffer.from(found.secretHash), Buffer.from(wanted.secretHash))
    assert.equal(session.userId, alice)
    assert.equal(session.impersonatorId, null)
    assert.equal(session.clientId, null)
    assert.equal(session.persistent, false)
    assert.deepEqual([...session.methods], ['pwd', 'otp'])
    assert.equal(session.ip, '2001:db8::1')
    assert.equal(session.device, 'Firefox on Linux')
    assert.deepEqual(JSON.parse(session.data), JSON.parse(wanted.data))
    assert.equal(session.lastSeenAt, session.createdAt)
    assert.equal(session.authenticatedAt, session.createdAt)
    assert.equal(session.expiresAt - session.createdAt, wanted.lifetimeMs)
    assert.equal(session.epoch, found.liveEpoch)
    assert.equal(found.blocked, false)
    assert.equal(found.user?.id, alice)
  },

  'an anonymous session has no user, and nothing that one would have': async (fixture) => {
    const { id } = await begin(fixture, null)
    const found = await fixture.store.find(id)
    assert(found)
    assert.equal(found.user, undefined)
    assert.equal(found.blocked, false)
    assert.equal(found.session.userId, null)
    assert.equal(found.session.authenticatedAt, null)
    assert.equal(found.session.epoch, found.liveEpoch)
    assert.equal(await fixture.store.epoch(null, null), found.liveEpoch)
  },

  'the store gives its own time, by which a session ages': async (fixture) => {
    const { id } = await begin(fixture, fixture.alice)
    await fixture.advance(100)
    const found = await fixture.store.find(id)
    assert(found)
    const age = (found.now - found.session.createdAt) / 1000
    assert(age >= 100 && age < 100 + fixture.precisionMs / 1000, `It is ${age} s old`)
  },

  'a user who was deactivated is not found with the session any more': async (fixture) => {
    const session = await begin(fixture, fixture.alice)
    await fixture.deactivateUser(fixture.alice)
    assert.equal((await fixture.store.find(session.id))?.user, undefined)
    assert.equal(await isLive(fixture.store, session), false)
  },

  'a user who was deleted is not found with the session any more': async (fixture) => {
    const session = await begin(fixture, fixture.alice)
    await fixture.removeUser(fixture.alice)
    assert.equal((await fixture.store.find(session.id))?.user, undefined)
    assert.equal(await isLive(fixture.store, session), false)
  },

  'an expired session is found as one, or not at all': async (fixture) => {
    const { id } = await begin(fixture, fixture.alice, { lifetimeMs: 60_000 })
    await fixture.advance(60)
    const found = await fixture.store.find(id)
    assert(found === undefined || found.now >= found.session.expiresAt)
  },

  'any text comes back as it was': async (fixture) => {
    const device = `'";\\ %s $1 ? é ß 👩\u200d🚀`
    const text = JSON.stringify(`${device}\u0000\u2028`)
    const data = `{"text":${text},"__proto__":"own","big":9007199254740991,"tiny":5e-324}`
    const { session } = await begin(fixture, fixture.alice, { device, data })
    assert.equal(session.device, device)
    assert.deepEqual(JSON.parse(session.data), JSON.parse(data))
  },

  'as much data as a session may hold comes back as it was': async (fixture) => {
    const data = JSON.stringify({ text: '\u00e9'.repeat(8186) })
    assert.equal(Buffer.byteLength(data), 16_383)
    assert.equal((await begin(fixture, fixture.alice, { data })).session.data, data)
  },
}
