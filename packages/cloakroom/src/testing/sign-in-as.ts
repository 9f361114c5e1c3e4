import type { Cloakroom } from '../cloakroom.ts'
import type { IssuedSession } from '../core/session.ts'
import type { SignInOptions } from '../core/sign-in.ts'
import type { AnyUser } from '../core/user.ts'

export interface SignedInAs<User extends AnyUser, Data> extends IssuedSession<User, Data> {
  /** The value of a `Cookie` header. With the token, for `Authorization`: `Bearer ${token}`. */
  readonly cookie: string
}

/**
 * A real session of a user, made without a credential: for an application's own tests.
 * @throws {CloakroomError} as a sign-in does; `user_inactive` if there is no such user
 */
export async function signInAs<User extends AnyUser, Data, Input>(
  auth: Cloakroom<User, Data, Input>,
  userId: User['id'],
  options: SignInOptions<Input> = {},
): Promise<SignedInAs<User, Data>> {
  const attempt = await auth.beginSignIn(userId)
  const issued = await attempt.complete(options)
  return { ...issued, cookie: `${auth.http.cookieName}=${issued.token}` }
}
