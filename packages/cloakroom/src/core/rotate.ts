import { CloakroomError } from '../errors.ts'
import type { Context } from './context.ts'
import { deathOf } from './policy.ts'
import type { IssuedSession, Session } from './session.ts'
import { checkMethods } from './sign-in.ts'
import { formatToken, hashSecret, nextGeneration, type Token } from './token.ts'
import type { AnyUser } from './user.ts'
import { live, lookUp } from './verify.ts'

/** A rotated session. `user` is `undefined` for an anonymous one. */
export type RotatedSession<User extends AnyUser, Data> = {
  readonly token: string
  readonly session: Session<Data, User['id']>
  readonly user: User | undefined
}

/**
 * Replaces the secret and keeps the session. The old token is dead when this resolves, without a
 * grace. `undefined`: the token is not, or no longer, its session's; of two at once, one wins.
 */
export async function rotate<User extends AnyUser, Data>(
  context: Context<Data>,
  text: string | undefined,
): Promise<RotatedSession<User, Data> | undefined> {
  const current = await lookUp(context, text)
  if (typeof current === 'string') return undefined
  return replaceSecret(context, current.token, undefined)
}

/**
 * Records that the user's credential has just been checked again, and rotates (ASVS 7.2.4).
 * @throws {CloakroomError} `impersonated_session`; `not_authenticated` for an anonymous session
 */
export async function stepUp<User extends AnyUser, Data>(
  context: Context<Data>,
  text: string | undefined,
  methods: readonly string[],
): Promise<IssuedSession<User, Data> | undefined> {
  const checked = checkMethods(methods)
  const current = await lookUp(context, text)
  if (typeof current === 'string') return undefined
  const { session } = current.found
  if (session.userId === null) {
    throw new CloakroomError(
      'not_authenticated',
      'An anonymous session signs in; it cannot step up.',
    )
  }
  if (session.impersonatorId !== null) throw impersonated('step up')
  const authenticatedBy = [...new Set([...checked, ...session.methods])].slice(0, 10)
  const rotated = await replaceSecret<User, Data>(context, current.token, authenticatedBy)
  return rotated as IssuedSession<User, Data> | undefined
}

export function impersonated(what: string): CloakroomError {
  return new CloakroomError('impersonated_session', `An impersonated session cannot ${what}.`)
}

async function replaceSecret<User extends AnyUser, Data>(
  context: Context<Data>,
  token: Token,
  authenticatedBy: readonly string[] | undefined,
): Promise<RotatedSession<User, Data> | undefined> {
  const next = nextGeneration(token)
  const found = await context.store.rotate({
    id: token.id,
    secretHash: hashSecret(token.secret),
    newSecretHash: hashSecret(next.secret),
    authenticatedBy,
  })
  if (found === undefined || deathOf(found, context.policy) !== undefined) return undefined
  const { session } = live<User, Data>(context, found)
  const user = found.user as User | undefined
  return { token: formatToken(context.tokenPrefix, next), session, user }
}
