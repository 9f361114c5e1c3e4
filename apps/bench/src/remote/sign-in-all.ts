import type { Cloakroom } from 'cloakroom'
import { asReceived } from '../workload/as-received.ts'
import type { Workload } from '../workload/workload.ts'

export type RemoteCloakroom = Cloakroom<{ id: number; email: string; name: string }, unknown>

export interface SignedIn {
  /** One per session. */
  readonly tokens: readonly string[]
  /** Of a session that has ended. */
  readonly endedToken: string
}

/** As many at once as keeps a server busy. */
const atOnce = 32

/** Every so many users have once signed out everywhere, and have a row that says so. */
const usersPerSignOut = 10

/** Makes the sessions of the workload, as an application would. */
export async function signInAll(
  auth: RemoteCloakroom,
  { owners, users }: Workload,
): Promise<SignedIn> {
  for (let user = 1; user <= users; user += usersPerSignOut) await auth.revoke({ userId: user })
  const tokens: string[] = []
  let next = 0
  async function signInSome(): Promise<void> {
    while (next < owners.length) {
      const session = next
      next += 1
      tokens[session] = await signIn(auth, owners[session] as number)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, signInSome))
  const endedToken = await signIn(auth, 1)
  await auth.signOut(endedToken)
  return { tokens, endedToken }
}

async function signIn(auth: RemoteCloakroom, user: number): Promise<string> {
  const attempt = await auth.beginSignIn(user)
  const { token } = await attempt.complete({
    methods: ['pwd'],
    ip: '192.0.2.1',
    // As long as a device label may be.
    device: 'Chrome Mobile on Android, a long label..',
  })
  return asReceived(token)
}
