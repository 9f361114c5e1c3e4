import type { Context } from './context.ts'
import { deathOf, touchIsDue } from './policy.ts'
import type { Verification } from './session.ts'
import type { AnyUser } from './user.ts'
import type { VerificationCache } from './verification-cache.ts'
import { live, lookUp } from './verify.ts'

/**
 * `verify`, from memory where that may be. Memory only ever says yes: whatever speaks against a session,
 * be it a timeout or a token that is not there, is for the database to say.
 * @throws {CloakroomError} `store_unavailable`
 */
export async function verifyCached<User extends AnyUser, Data>(
  context: Context<Data>,
  cache: VerificationCache,
  text: string | undefined,
): Promise<Verification<User, Data>> {
  const known = text === undefined ? undefined : cache.find(text)
  if (known !== undefined && deathOf(known, context.policy) === undefined) {
    if (touchIsDue(known, context.policy)) {
      context.seen(known)
      cache.touched(text as string)
    }
    return live(context, known)
  }
  const keep = cache.beginRead()
  const result = await lookUp(context, text)
  if (typeof result === 'string') return { status: 'anonymous', reason: result }
  keep(text as string, result.found)
  context.seen(result.found)
  return live(context, result.found)
}
