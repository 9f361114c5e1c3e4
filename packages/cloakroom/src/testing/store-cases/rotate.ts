import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mintId } from '../../core/session-id.ts'
import type { Rotation } from '../../core/store.ts'
import type { Cases } from './cases.ts'
import { assertDead, assertLive, type Begun, begin, hexOf, plain, rounds } from './session-rows.ts'

export const rotateCases: Cases = {
  'rotate replaces the secret: the new one lives, the old one is dead': async (fixture) => {
    const { store, alice } = fixture
    const old = await begin(fixture, alice, { methods: ['pwd'], data: '{"a":1}' })
    const rotation = rotationOf(old)
    const rotated = await store.rotate(rotation)
    await assertDead(store, old, 'the old secret')
    const { newSecretHash } = rotation
    assert.deepEqual(plain(rotated?.session), plain(old.session))
    assert.deepEqual(hexOf([rotated?.secretHash ?? new Uint8Array()]), hexOf([newSecretHash]))
    await assertLive(store, { ...old, secretHash: newSecretHash }, 'the new secret')
    const found = await store.find(old.id)
    assert.deepEqual(
      plain(found?.session),
      plain(old.session),
      'nothing but the secret has changed',
    )
  },

  'rotate with a secret that is not the current one changes nothing': async (fixture) => {
    const { store } = fixture
    const session = await begin(fixture, fixture.alice)
    const guess = { ...rotationOf(session), secretHash: randomBytes(32), authenticatedBy: ['pwd'] }
    assert.equal(await store.rotate(guess), undefined)
    await assertLive(store, session, 'the session')
    assert.deepEqual(plain((await store.find(session.id))?.session), plain(session.session))
  },

  'rotate of an absent session inserts nothing': async ({ store, alice, clock }) => {
    const id = mintId(alice, clock())
    const rotation = { id, secretHash: randomBytes(32), newSecretHash: randomBytes(32) }
    assert.equal(await store.rotate({ ...rotation, authenticatedBy: undefined }), undefined)
    assert.equal(await store.find(id), undefined)
  },

  'a rotated secret cannot be rotated again': async (fixture) => {
    const session = await begin(fixture, fixture.alice)
    assert(await fixture.store.rotate(rotationOf(session)))
    assert.equal(await fixture.store.rotate(rotationOf(session)), undefined)
  },

  'of two rotations at once, one wins, and only its secret lives': async (fixture) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const session = await begin(fixture, alice)
      const rotations = [rotationOf(session), rotationOf(session), rotationOf(session)]
      const done = await Promise.all(
        rotations.map((rotation, index) => (index === 1 ? elsewhere : store).rotate(rotation)),
      )
      assert.equal(done.filter(Boolean).length, 1)
      for (const [index, { id, newSecretHash }] of rotations.entries()) {
        const check = done[index] === undefined ? assertDead : assertLive
        await check(store, { ...session, id, secretHash: newSecretHash }, `rotation ${index}`)
      }
    }
  },

  'a step-up records when and how, with the rotation': async (fixture) => {
    const { store } = fixture
    const session = await begin(fixture, fixture.alice, { methods: ['pwd'] })
    await fixture.advance(100)
    const authenticatedBy = ['otp', 'pwd']
    assert(await store.rotate({ ...rotationOf(session), authenticatedBy }))
    const found = await store.find(session.id)
    assert(found?.session.authenticatedAt)
    const ageMs = found.now - found.session.authenticatedAt
    assert(ageMs >= 0 && ageMs < fixture.precisionMs, `The check was ${ageMs} ms ago`)
    assert.deepEqual([...found.session.methods], authenticatedBy)
  },

  'a step-up with the wrong secret records nothing': async (fixture) => {
    const { store } = fixture
    const session = await begin(fixture, fixture.alice, { authenticated: false })
    await store.rotate(rotationOf(session))
    await store.rotate({ ...rotationOf(session), authenticatedBy: ['pwd'] })
    const found = await store.find(session.id)
    assert.equal(found?.session.authenticatedAt, null)
    assert.deepEqual([...found.session.methods], [])
  },

  'a rotation does not bring back a session that was revoked by its epoch alone': async (
    fixture,
  ) => {
    const { store, alice, bob } = fixture
    const session = await begin(fixture, alice, { impersonatorId: bob })
    await store.revoke({ userId: bob })
    const rotation = rotationOf(session)
    await store.rotate(rotation)
    await assertDead(store, { ...session, secretHash: rotation.newSecretHash }, 'the session')
  },
}

function rotationOf({ id, secretHash }: Begun): Rotation {
  return { id, secretHash, newSecretHash: randomBytes(32), authenticatedBy: undefined }
}
