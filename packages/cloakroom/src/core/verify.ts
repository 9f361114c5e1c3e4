import type { Context } from './context.ts'
import { deathOf, earlyRefusal } from './policy.ts'
import type { Anonymous, AnonymousReason, Session, Verification } from './session.ts'
import { timeOf } from './session-id.ts'
import { snapshot } from './snapshot.ts'
import type { Found } from './store.ts'
import { hashSecret, parseToken, sameHash, type Token } from './token.ts'
import type { AnyUser } from './user.ts'

/**
 * What a token proves, in one statement; in none for what cannot be live.
 * @throws {CloakroomError} `store_unavailable`
 */
export async function verify<User extends AnyUser, Data>(
  context: Context<Data>,
  text: string | undefined,
): Promise<Verification<User, Data>> {
  const result = await lookUp(context, text)
  if (typeof result === 'string') return { status: 'anonymous', reason: result }
  context.seen(result.found)
  return live(context, result.found)
}

/** The live session of a token, or why there is none. */
export async function lookUp<Data>(
  context: Context<Data>,
  text: string | undefined,
): Promise<{ token: Token; found: Found } | AnonymousReason> {
  const token = readToken(context, text)
  if (typeof token === 'string') return token
  const found = await context.store.find(token.id)
  if (found === undefined || !sameHash(found.secretHash, hashSecret(token.secret))) return 'unknown'
  return deathOf(found, context.policy) ?? { token, found }
}

/** The token, or why it cannot be live, which needs no database. */
export function readToken<Data>(
  { tokenPrefix, clock, policy }: Context<Data>,
  text: string | undefined,
): Token | AnonymousReason {
  if (text === undefined || text === '') return 'missing'
  const token = parseToken(tokenPrefix, text)
  if (token === undefined) return 'malformed'
  return earlyRefusal(timeOf(token.id), clock(), policy) ?? token
}

/** The outcome for a session that has been judged live. */
export function live<User extends AnyUser, Data>(
  context: Context<Data>,
  found: Found,
): Exclude<Verification<User, Data>, Anonymous> {
  return outcome(snapshot<Data, User['id']>(context, found), found.user)
}

export function outcome<User extends AnyUser, Data>(
  session: Session<Data, User['id']>,
  user: AnyUser | undefined,
): Exclude<Verification<User, Data>, Anonymous> {
  return user === undefined
    ? { status: 'anonymous', reason: 'not_signed_in', session }
    : { status: 'authenticated', session, user: user as User }
}
