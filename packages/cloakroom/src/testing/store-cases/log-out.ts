import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Store } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import type { Fixture } from '../fixture.ts'
import type { Cases } from './cases.ts'
import { revocations } from './revocations.ts'
import { assertDead, type Begun, begin, rounds } from './session-rows.ts'

/** A slow request that runs after, or while, its session is ended. */
type SlowRequest = (store: Store, session: Begun, newSecretHash: Uint8Array) => Promise<unknown>

const slowRequests: Readonly<Record<string, SlowRequest>> = {
  touch: (store, { id }) => store.touch([id], 0),
  rotation: (store, { id, secretHash }, newSecretHash) =>
    store.rotate({ id, secretHash, newSecretHash, authenticatedBy: undefined }),
  'step-up': (store, { id, secretHash }, newSecretHash) =>
    store.rotate({ id, secretHash, newSecretHash, authenticatedBy: ['pwd'] }),
  'update of data': (store, { id, session }) =>
    store.update(id, session.dataVersion, '{"late":true}'),
}

type End = (store: Store, session: Begun, owner: UserId, fixture: Fixture) => Promise<unknown>

const ends: Readonly<Record<string, End>> = {
  'log-out': (store, { id }) => store.revoke({ sessionId: id }),
  ...Object.fromEntries(
    Object.entries(revocations).map(([name, revocation]): [string, End] => [
      name,
      (store, _, owner, fixture) => revocation(store, owner, fixture),
    ]),
  ),
}

/** The races that resurrect sessions where a write inserts: each verb against each kind of end. */
export const logOutCases: Cases = Object.fromEntries(
  Object.entries(slowRequests).flatMap(([verb, request]) =>
    Object.entries(ends).map(([end, finish]): [string, Cases[string]] => [
      `a slow parallel ${verb} cannot undo a ${end}`,
      // In a cluster, the end of everybody is thousands of steps.
      (fixture) =>
        race(fixture, request, finish, end === 'revocation of everybody' ? rounds / 3 : rounds),
    ]),
  ),
)

async function race(
  fixture: Fixture,
  request: SlowRequest,
  end: End,
  times: number,
): Promise<void> {
  const { store, alice } = fixture
  const elsewhere = await fixture.another()
  for (let round = 0; round < times; round += 1) {
    await store.unblock(alice)
    const session = await begin(fixture, alice)
    const newSecretHash = randomBytes(32)
    const slow = () => request(elsewhere, session, newSecretHash)
    const finish = () => end(store, session, alice, fixture)
    // After it, before it, and with it in either order.
    if (round === 0) {
      await finish()
      await slow()
    } else if (round === 1) {
      await slow()
      await finish()
    } else await Promise.all(round % 2 === 0 ? [slow(), finish()] : [finish(), slow()])

    await store.unblock(alice)
    await assertDead(store, session, 'the session')
    await assertDead(store, { ...session, secretHash: newSecretHash }, 'its rotated secret')
    assert.equal(await store.find(session.id), undefined, 'its row must be gone')
  }
}
