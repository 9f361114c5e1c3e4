import type { Store } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import type { Fixture } from '../fixture.ts'
import { begin } from './session-rows.ts'

/** Whatever ends all of a user's sessions and voids its sign-ins under way. */
export type Revocation = (
  store: Store,
  userId: UserId,
  fixture: Fixture,
) => Promise<readonly Uint8Array[]>

export const revocations: Readonly<Record<string, Revocation>> = {
  'revocation of all': (store, userId) => store.revoke({ userId }),
  'revocation of all but one': async (store, userId, fixture) => {
    const { id } = await begin(fixture, userId)
    return store.revoke({ userId, except: id })
  },
  'revocation of everybody': (store) => store.revoke({ everybody: true }),
  block: (store, userId) => store.block(userId),
}
