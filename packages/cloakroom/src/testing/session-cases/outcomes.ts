import assert from 'node:assert/strict'
import type { AnonymousReason } from '../../core/session.ts'
import type { Auth } from '../fixture.ts'

export async function assertSignedIn(auth: Auth, token: string, what: string): Promise<void> {
  const { status, ...rest } = await auth.verify(token)
  const reason = 'reason' in rest ? rest.reason : 'signed in'
  assert.equal(status, 'authenticated', `${what} must be live; it is ${reason}`)
}

/** `reasons`: what it may be dead of; any, if none is given. */
export async function assertSignedOut(
  auth: Auth,
  token: string,
  what: string,
  ...reasons: readonly AnonymousReason[]
): Promise<void> {
  const verification = await auth.verify(token)
  assert(verification.status === 'anonymous', `${what} must be dead`)
  const { reason } = verification
  assert.notEqual(reason, 'not_signed_in')
  const expected: readonly string[] = reasons
  assert(reasons.length === 0 || expected.includes(reason), `${what} is dead, but ${reason}`)
}
