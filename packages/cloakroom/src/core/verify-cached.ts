import type { Context } from './context.ts'
import { touchDueAt } from './policy.ts'
import type { Verification } from './session.ts'
import { factsOf, type SessionFacts, SessionSnapshot } from './snapshot.ts'
import type { Found } from './store.ts'
import type { AnyUser } from './user.ts'
import type { VerificationCache } from './verification-cache.ts'
import { live, lookUp, outcome } from './verify.ts'

/** What has been found out of a session that is kept: made with its first hit. */
interface Answer<Data> extends SessionFacts<Data> {
  readonly user: AnyUser | undefined
  readonly touchDueAt: number
}

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
  if (known !== undefined) {
    known.memo ??= answerOf(context, known.found)
    const answer = known.memo as Answer<Data>
    const { now } = known
    // It was live when it was kept, so that only time can speak against it.
    if (now < answer.expiresAt && now < answer.idleExpiresAt) {
      if (now >= answer.touchDueAt) {
        context.seen({ ...known.found, now })
        cache.touched(text as string)
      }
      return outcome<User, Data>(new SessionSnapshot(answer, now), answer.user)
    }
  }
  const keep = cache.beginRead()
  const result = await lookUp(context, text)
  if (typeof result === 'string') return { status: 'anonymous', reason: result }
  keep(text as string, result.found)
  context.seen(result.found)
  return live(context, result.found)
}

function answerOf<Data>(context: Context<Data>, { session, user }: Found): Answer<Data> {
  return {
    ...factsOf(context, session),
    user,
    touchDueAt: touchDueAt(session.id, session.lastSeenAt, context.policy),
  }
}
