import { randomBytes } from 'node:crypto'
import type { Context } from '../core/context.ts'
import { endOf } from '../core/policy.ts'
import type { AnonymousReason, IssuedSession } from '../core/session.ts'
import { formatId } from '../core/session-id.ts'
import { snapshot } from '../core/snapshot.ts'
import type { Renewed } from '../core/store.ts'
import { formatToken, hashFamily, hashSecret, sameHash, type Token } from '../core/token.ts'
import type { AnyUser } from '../core/user.ts'
import { readToken } from '../core/verify.ts'
import { childToken } from './child-token.ts'

/**
 * What came of a refresh token.
 *
 * - `refreshed`: `token` is the one to use from now on. It may be the one that was shown.
 * - `refused`: there is no such live session of this client, for the reason given.
 * - `reused`: the token had been replaced long ago, so either the client or somebody else has a copy
 *   that it should not have. The session has ended. To be logged.
 */
export type Refreshed<User extends AnyUser = AnyUser, Data = unknown> =
  | ({ readonly status: 'refreshed' } & IssuedSession<User, Data>)
  | { readonly status: 'refused'; readonly reason: AnonymousReason }
  | { readonly status: 'reused'; readonly sessionId: string; readonly userId: User['id'] }

/** For how long a client that has lost an answer may ask again with the old token. */
export const graceMs = 30_000

/**
 * Takes a refresh token for the next one (RFC 9700 §4.14.2). The same token shown again within the
 * grace gets the same answer, so parallel requests and lost answers lock nobody out; and a token that
 * is younger than that is its own answer, so that a late twin of the request that made it still
 * finds its own token to be the last one but one.
 */
export async function refresh<User extends AnyUser, Data>(
  context: Context<Data>,
  text: string | undefined,
  clientId: string,
): Promise<Refreshed<User, Data>> {
  const { store, policy, tokenPrefix } = context
  const shown = readToken(context, text)
  if (typeof shown === 'string') return { status: 'refused', reason: shown }
  const before = await store.find(shown.id)
  if (before?.session.clientId !== clientId) return unknown
  const ended = endOf(before, policy)
  if (ended !== undefined) return { status: 'refused', reason: ended }

  const nonce = randomBytes(16)
  const child = childToken(shown, nonce)
  const renewed = await store.renew({
    id: shown.id,
    clientId,
    secretHash: hashSecret(shown.secret),
    newSecretHash: hashSecret(child.secret),
    nonce,
    graceMs,
  })
  if (renewed === undefined) return unknown
  const { found } = renewed
  const endedMeanwhile = endOf(found, policy)
  if (endedMeanwhile !== undefined) return { status: 'refused', reason: endedMeanwhile }
  const current = currentToken(shown, child, renewed)
  if (current === 'unknown') return unknown
  if (current === 'reused') {
    await store.revoke({ sessionId: shown.id, familyHash: renewed.familyHash })
    const userId = found.session.userId as User['id']
    return { status: 'reused', sessionId: formatId(shown.id), userId }
  }
  context.seen(found)
  return {
    status: 'refreshed',
    token: formatToken(tokenPrefix, current),
    session: snapshot(context, found),
    user: found.user as User,
  }
}

const unknown = { status: 'refused', reason: 'unknown' } as const

/** The token that the session has now, as far as it follows from the one that was shown. */
function currentToken(
  shown: Token,
  child: Token,
  { found, familyHash, last }: Renewed,
): Token | 'reused' | 'unknown' {
  const isCurrent = ({ secret }: Token) => sameHash(found.secretHash, hashSecret(secret))
  if (isCurrent(child)) return child
  if (isCurrent(shown)) return shown
  // A guess. It must have no effect, or everybody who knows the id could end the session.
  if (!sameHash(familyHash, hashFamily(shown.secret))) return 'unknown'
  if (last === null || !sameHash(last.secretHash, hashSecret(shown.secret))) return 'reused'
  if (found.now - last.at >= graceMs) return 'reused'
  const sibling = childToken(shown, last.nonce)
  return isCurrent(sibling) ? sibling : 'reused'
}
