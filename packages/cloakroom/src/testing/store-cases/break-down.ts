import assert from 'node:assert/strict'
import type { Store } from '../../core/store.ts'
import type { Cases } from './cases.ts'
import { begin, newSession } from './session-rows.ts'

export const breakDownCases: Cases = {
  'a database that cannot answer is store_unavailable to every verb': async (fixture) => {
    const { store, alice } = fixture
    const { id, secretHash } = await begin(fixture, alice)
    await fixture.breakDown()
    const rotation = { id, secretHash, newSecretHash: secretHash, authenticatedBy: undefined }
    const nonce = new Uint8Array(16)
    const renewal = { ...rotation, clientId: 'backend', nonce, graceMs: 0 }
    const verbs: Record<
      Exclude<keyof Store, 'close' | 'feed' | 'signingKeys'>,
      () => Promise<unknown>
    > = {
      find: () => store.find(id),
      epoch: () => store.epoch(alice, null),
      create: () => store.create(newSession(fixture, alice)),
      touch: () => store.touch([id], 0),
      rotate: () => store.rotate(rotation),
      renew: () => store.renew(renewal),
      update: () => store.update(id, 0, '{}'),
      revoke: () => store.revoke({ userId: alice }),
      list: () => store.list(alice),
      block: () => store.block(alice),
      unblock: () => store.unblock(alice),
      blockedAt: () => store.blockedAt(alice),
      prune: () => store.prune(),
      stats: () => store.stats(),
      largestLease: () => store.largestLease(0),
      ...(store.signingKeys && {
        'signingKeys.read': store.signingKeys.read,
        'signingKeys.write': () => store.signingKeys?.write('{}', 0) ?? Promise.resolve(),
      }),
    }
    for (const [verb, call] of Object.entries(verbs)) {
      await assert.rejects(call(), { name: 'CloakroomError', code: 'store_unavailable' }, verb)
    }
  },
}
