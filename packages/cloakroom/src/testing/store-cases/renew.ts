import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mintId } from '../../core/session-id.ts'
import type { Renewal, Renewed } from '../../core/store.ts'
import type { Cases } from './cases.ts'
import { assertDead, type Begun, begin, plain, rounds } from './session-rows.ts'

const graceMs = 30_000
const clientId = 'backend'

export const renewCases: Cases = {
  'renew replaces the secret, and tells what led to it': async (fixture) => {
    const { store, alice } = fixture
    const old = await begin(fixture, alice, { clientId, data: '{"a":1}' })
    const renewal = renewalOf(old)
    const renewed = await store.renew(renewal)
    assert.deepEqual(plain(renewed?.found.session), plain(old.session))
    assertRenewedBy(renewal, renewed)
    assert.deepEqual(plain(renewed?.familyHash), plain(old.familyHash))
    const found = await store.find(old.id)
    assert.deepEqual(plain(found?.secretHash), plain(renewal.newSecretHash))
    assert.deepEqual(plain(found?.session), plain(old.session), 'nothing else has changed')
  },

  'whoever renews with a secret that was replaced changes nothing, and learns what replaced it':
    async (fixture) => {
      const { store } = fixture
      const session = await begin(fixture, fixture.alice, { clientId })
      const first = renewalOf(session)
      await store.renew(first)
      assertRenewedBy(first, await store.renew(renewalOf(session)))
      await fixture.advance(31)
      assertRenewedBy(first, await store.renew(renewalOf(session)))
    },

  'a secret younger than the grace is not renewed, an older one is': async (fixture) => {
    const { store } = fixture
    const session = await begin(fixture, fixture.alice, { clientId })
    const first = renewalOf(session)
    await store.renew(first)
    const child = { ...session, secretHash: first.newSecretHash }
    assertRenewedBy(first, await store.renew(renewalOf(child)))
    await fixture.advance(graceMs / 1000)
    const second = renewalOf(child)
    assertRenewedBy(second, await store.renew(second))
  },

  'renew with a guess changes nothing': async (fixture) => {
    const { store } = fixture
    const session = await begin(fixture, fixture.alice, { clientId })
    const guess = { ...renewalOf(session), secretHash: randomBytes(32) }
    const renewed = await store.renew(guess)
    assert.equal(renewed?.last, null)
    assert.deepEqual(plain(renewed?.found.secretHash), plain(session.secretHash))
  },

  'of nobody, of another client, and of no client there is nothing to renew': async (fixture) => {
    const { store, alice, clock } = fixture
    const theirs = await begin(fixture, alice, { clientId })
    const firstParty = await begin(fixture, alice)
    const absent = { ...theirs, id: mintId(alice, clock()) }
    assert.equal(await store.renew({ ...renewalOf(theirs), clientId: 'frontend' }), undefined)
    assert.equal(await store.renew({ ...renewalOf(theirs), clientId: '' }), undefined)
    assert.equal(await store.renew(renewalOf(firstParty)), undefined)
    assert.equal(await store.renew({ ...renewalOf(firstParty), clientId: '' }), undefined)
    assert.equal(await store.renew(renewalOf(absent)), undefined)
    assert.equal(await store.find(absent.id), undefined)
    for (const { id, secretHash } of [theirs, firstParty]) {
      assert.deepEqual(plain((await store.find(id))?.secretHash), plain(secretHash))
    }
  },

  'a rotation, as of a step-up, has no grace: it forgets the renewal before it': async (
    fixture,
  ) => {
    const { store } = fixture
    const session = await begin(fixture, fixture.alice, { clientId })
    const first = renewalOf(session)
    await store.renew(first)
    const { id } = session
    const rotation = { id, secretHash: first.newSecretHash, newSecretHash: randomBytes(32) }
    assert(await store.rotate({ ...rotation, authenticatedBy: undefined }))
    assert.equal((await store.renew(renewalOf(session)))?.last, null)
    assert.equal((await store.renew({ ...renewalOf(session), ...rotation }))?.last, null)
  },

  'of renewals at once one is made, and all learn of that one': async (fixture) => {
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const session = await begin(fixture, fixture.alice, { clientId })
      const renewals = [0, 1, 2, 3].map(() => renewalOf(session))
      const renewed = await Promise.all(
        renewals.map((renewal, index) =>
          (index % 2 === 0 ? fixture.store : elsewhere).renew(renewal),
        ),
      )
      const made = renewals.find(
        ({ newSecretHash }) => plain(newSecretHash) === plain(renewed[0]?.found.secretHash),
      )
      assert(made)
      for (const each of renewed) assertRenewedBy(made, each)
    }
  },

  'a renewal at the same time does not undo a revocation': async (fixture) => {
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const session = await begin(fixture, fixture.alice, { clientId })
      const renewal = renewalOf(session)
      await Promise.all([elsewhere.revoke({ userId: fixture.alice }), fixture.store.renew(renewal)])
      for (const secretHash of [session.secretHash, renewal.newSecretHash]) {
        await assertDead(fixture.store, { ...session, secretHash }, 'the session')
      }
      assert.equal(await fixture.store.find(session.id), undefined)
    }
  },
}

function renewalOf({ id, secretHash }: Pick<Begun, 'id' | 'secretHash'>): Renewal {
  const [newSecretHash, nonce] = [randomBytes(32), randomBytes(16)]
  return { id, clientId, secretHash, newSecretHash, nonce, graceMs }
}

function assertRenewedBy(renewal: Renewal, renewed: Renewed | undefined): void {
  assert(renewed?.last)
  const { found, last } = renewed
  assert.deepEqual(plain(found.secretHash), plain(renewal.newSecretHash))
  assert.deepEqual(plain(last.secretHash), plain(renewal.secretHash))
  assert.deepEqual(plain(last.nonce), plain(renewal.nonce))
  assert(found.now - last.at >= -1, `It was renewed ${last.at - found.now} ms in the future`)
}
