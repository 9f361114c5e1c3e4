import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Store } from '../../core/store.ts'
import { hashSecret, mintToken } from '../../core/token.ts'
import { type Begun, begin, newSession } from '../store-cases/session-rows.ts'
import type { FeedCases, FeedFixture } from './feed-cases.ts'
import { listenTo } from './recording-listener.ts'

/** Makes the change in another process; it must be told by the end of the next round trip. */
async function assertTold(
  fixture: FeedFixture,
  change: (other: Store, session: Begun) => unknown,
  kind: { readonly clientId?: string } = {},
): Promise<void> {
  const { store, harness, alice } = fixture
  const session = await begin(fixture, alice, kind)
  const other = await fixture.another()
  const listener = await listenTo(store.feed, harness.sources)
  const from = listener.heard.length
  await change(other, session)
  await listener.untilConfirmed()
  assert(listener.covers(session.session, from), JSON.stringify(listener.heard))
}

function assertUsersHeard({ harness }: FeedFixture, t: { skip(why: string): void }): boolean {
  if (!harness.hearsUsers) t.skip('The users are in another place than the sessions')
  return harness.hearsUsers
}

export const changeCases: FeedCases = {
  'a session that is revoked': (fixture) =>
    assertTold(fixture, (other, { id }) => other.revoke({ sessionId: id })),

  'a sign-out by token': (fixture) =>
    assertTold(fixture, (other, { id, familyHash }) => other.revoke({ sessionId: id, familyHash })),

  'all sessions of a user': (fixture) =>
    assertTold(fixture, (other) => other.revoke({ userId: fixture.alice })),

  'all sessions of a user but one': (fixture) =>
    assertTold(fixture, async (other) => {
      const { id } = await begin({ ...fixture, store: other }, fixture.alice)
      await other.revoke({ userId: fixture.alice, except: id })
    }),

  'the one that is kept: it has another epoch': (fixture) =>
    assertTold(fixture, (other, { id }) => other.revoke({ userId: fixture.alice, except: id })),

  everybody: (fixture) => assertTold(fixture, (other) => other.revoke({ everybody: true })),

  'a user who is blocked': (fixture) => assertTold(fixture, (other) => other.block(fixture.alice)),

  'a user who is blocked, to whom another impersonates': async (fixture) => {
    const { store, harness, alice, bob } = fixture
    const session = await begin(fixture, alice, { impersonatorId: bob, authenticated: false })
    const other = await fixture.another()
    const listener = await listenTo(store.feed, harness.sources)
    await other.block(bob)
    await listener.untilConfirmed()
    assert(
      listener.covers(session.session) || listener.covers({ id: session.id, userId: bob }),
      JSON.stringify(listener.heard),
    )
  },

  'a rotation, after which the old token is dead': (fixture) =>
    assertTold(fixture, async (other, { id, secretHash }) => {
      const newSecretHash = hashSecret(mintToken(null, fixture.clock()).secret)
      const rotation = { id, secretHash, newSecretHash, authenticatedBy: undefined }
      assert.notEqual(await other.rotate(rotation), undefined)
    }),

  'a step-up': (fixture) =>
    assertTold(fixture, async (other, { id, secretHash }) => {
      const newSecretHash = hashSecret(mintToken(null, fixture.clock()).secret)
      const rotation = { id, secretHash, newSecretHash, authenticatedBy: ['otp'] }
      assert.notEqual(await other.rotate(rotation), undefined)
    }),

  "a renewal of a client's session": (fixture) => {
    const clientId = 'backend'
    const renew = async (other: Store, { id, secretHash }: Begun) => {
      const newSecretHash = hashSecret(mintToken(null, fixture.clock()).secret)
      const renewal = { id, clientId, secretHash, newSecretHash, nonce: randomBytes(16) }
      assert.notEqual((await other.renew({ ...renewal, graceMs: 0 }))?.last, null)
    }
    return assertTold(fixture, renew, { clientId })
  },

  'a change of data': (fixture) =>
    assertTold(fixture, async (other, { id, session }) => {
      assert.equal(await other.update(id, session.dataVersion, '{"a":1}'), 'updated')
    }),

  'a session that a sign-in replaces': (fixture) =>
    assertTold(fixture, async (other, { id, familyHash }) => {
      const replaces = { id, familyHash, carryData: false }
      const { outcome } = await other.create(newSession(fixture, fixture.alice, { replaces }))
      assert.equal(outcome, 'created')
    }),

  'a session that the cap ends': (fixture) =>
    assertTold(fixture, async (other, { session }) => {
      const day = 86_400_000
      const timeouts = { idleTimeoutMs: day, absoluteTimeoutMs: day, nonPersistentTimeoutMs: day }
      const cap = { limit: 1, whenReached: 'end_oldest', ...timeouts } as const
      const created = await other.create(newSession(fixture, session.userId, { cap }))
      assert(created.outcome === 'created' && created.removed.length === 1)
    }),

  'many sessions at once': async (fixture) => {
    const { store, harness, alice } = fixture
    const sessions: Begun[] = []
    for (let count = 0; count < 300; count += 1) sessions.push(await begin(fixture, alice))
    const other = await fixture.another()
    const listener = await listenTo(store.feed, harness.sources)
    assert.equal((await other.revoke({ userId: alice })).length, 300)
    await listener.untilConfirmed()
    for (const { session } of sessions) assert(listener.covers(session))
  },

  'a row that other code deletes': async (fixture, t) => {
    const { deleteRow } = fixture.harness
    if (deleteRow === undefined) return t.skip('No other code can')
    await assertTold(fixture, (_other, { id }) => deleteRow(id))
  },

  'a user whom other code deletes': async (fixture, t) => {
    if (!assertUsersHeard(fixture, t)) return
    await assertTold(fixture, () => fixture.removeUser(fixture.alice))
  },

  'a user whom other code makes inactive': async (fixture, t) => {
    if (!assertUsersHeard(fixture, t)) return
    await assertTold(fixture, () => fixture.deactivateUser(fixture.alice))
  },

  'an anonymous session that is revoked': async (fixture) => {
    const { store, harness } = fixture
    const { id, session } = await begin(fixture, null)
    const found = await store.find(id)
    // A store whose feed cannot hear of it says so, and then it is not kept.
    if (found?.source === null) return
    const other = await fixture.another()
    const listener = await listenTo(store.feed, harness.sources)
    await other.revoke({ sessionId: id })
    await listener.untilConfirmed()
    assert(listener.covers(session))
  },
}
