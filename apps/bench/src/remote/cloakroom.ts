import {
  cloakroom as openCloakroom,
  type StoreFactory,
  type UsersTable,
  type Verification,
} from 'cloakroom'
import type { RemoteTarget } from './remote-target.ts'
import type { RemoteCloakroom, SignedIn } from './sign-in-all.ts'

/** The users table of the application, on every server the same. */
export const usersTable = {
  table: 'users',
  id: { type: 'integer' },
  active: 'not banned',
  select: { email: 'text', name: 'text' },
} as const

export function openAuth(store: StoreFactory<UsersTable>): Promise<RemoteCloakroom> {
  return openCloakroom({
    origin: 'http://localhost:3000',
    store: store as StoreFactory<typeof usersTable>,
    users: usersTable,
    pruneIntervalSeconds: false,
  })
}

interface CloakroomOptions extends Pick<RemoteTarget, 'name' | 'sent' | 'bytesPerSession'> {
  readonly auth: RemoteCloakroom
  readonly close: () => Promise<void>
}

/** `auth.verify(token)`. */
export function cloakroomTarget(
  { tokens, endedToken }: SignedIn,
  { auth, close, ...options }: CloakroomOptions,
): RemoteTarget<string, Verification<{ id: number }, unknown>> {
  return {
    ...options,
    note: 'auth.verify(token): session and user in one query, judged',
    credentials: tokens,
    wrong: {
      'the token of a session that has ended': endedToken,
      'a token with a wrong checksum': `${(tokens[0] as string).slice(0, -1)}-`,
    },
    authenticate: (token) => auth.verify(token),
    userOf: (answer) => (answer.status === 'authenticated' ? answer.user.id : undefined),
    async close() {
      await auth.close()
      await close()
    },
  }
}
