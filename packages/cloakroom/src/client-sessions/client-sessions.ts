import type { Cloakroom } from '../cloakroom.ts'
import { type Context, contextOf } from '../core/context.ts'
import { endOf } from '../core/policy.ts'
import type { Authenticated, IssuedSession } from '../core/session.ts'
import { formatId, parseId } from '../core/session-id.ts'
import { issue, type SignInAttempt, type SignInOptions } from '../core/sign-in.ts'
import { snapshot } from '../core/snapshot.ts'
import type { Found } from '../core/store.ts'
import { hashFamily, hashSecret, sameHash } from '../core/token.ts'
import type { AnyUser } from '../core/user.ts'
import { readToken } from '../core/verify.ts'
import { type Refreshed, refresh } from './refresh.ts'

export type ClientSignInOptions<Input> = Omit<SignInOptions<Input>, 'carried' | 'carryData'>

/**
 * Sessions that are bound to an OAuth client: what is their token elsewhere is a refresh token here.
 * It opens nothing but these verbs: to `verify`, and so to every request, it is `unknown`. The user
 * sees them in `list`, and every way to end sessions ends them too. A cap on sessions does not count
 * them.
 *
 * Who the client is must have been checked before (RFC 6749 §2.3): here its id only has to fit. Every
 * verb may throw `store_unavailable`.
 */
export interface ClientSessions<User extends AnyUser, Data, Input> {
  /**
   * Completes a sign-in for a client, as `attempt.complete` does for a browser. The client's id is 1
   * to 255 visible ASCII characters (RFC 6749 appendix A.1, without the space).
   * @throws {TypeError} for another client id
   * @throws {CloakroomError} as `attempt.complete` does
   */
  signIn(
    attempt: Pick<SignInAttempt<User, Data, Input>, 'state'>,
    clientId: string,
    options?: ClientSignInOptions<Input>,
  ): Promise<IssuedSession<User, Data>>
  /**
   * Takes a refresh token for the next one. It may be repeated for 30 seconds; shown after that, a
   * token that was replaced ends the session.
   */
  refresh(token: string | undefined, clientId: string): Promise<Refreshed<User, Data>>
  /** What a refresh token stands for, changing nothing. `undefined`: nothing, for this client. */
  introspect(
    token: string | undefined,
    clientId: string,
  ): Promise<Authenticated<User, Data> | undefined>
  /** Ends the session of a refresh token, also of one that was replaced. Returns its id, if it was. */
  revoke(token: string | undefined, clientId: string): Promise<string[]>
  /**
   * The live session of this id, whoever holds its token: for judging what was derived from it, such
   * as an access token. Ids are public: never take one for a credential.
   */
  find(sessionId: string): Promise<Authenticated<User, Data> | undefined>
}

/** The verbs for sessions of OAuth clients, on the sessions of `auth`. */
export function clientSessions<User extends AnyUser, Data, Input>(
  auth: Cloakroom<User, Data, Input>,
): ClientSessions<User, Data, Input> {
  const context = contextOf(auth) as Context<Data>

  /** The session, if the token is of its family and it is this client's. */
  async function lookUp(text: string | undefined, clientId: string) {
    const token = readToken(context, text)
    if (typeof token === 'string') return undefined
    const found = await context.store.find(token.id)
    return found?.session.clientId === clientId ? { token, found } : undefined
  }

  function live(found: Found | undefined): Authenticated<User, Data> | undefined {
    if (found?.user === undefined || endOf(found, context.policy) !== undefined) return undefined
    const session = snapshot<Data, User['id']>(context, found)
    return { status: 'authenticated', session, user: found.user as User }
  }

  return Object.freeze<ClientSessions<User, Data, Input>>({
    async signIn({ state }, clientId, options = {}) {
      if (!clientIdForm.test(clientId)) {
        throw new TypeError('clientId must be 1 to 255 visible ASCII characters')
      }
      return issue<User, Data>(context, { ...options, ...state, clientId, impersonatorId: null })
    },

    refresh: (token, clientId) => refresh<User, Data>(context, token, clientId),

    async introspect(text, clientId) {
      const shown = await lookUp(text, clientId)
      if (shown === undefined) return undefined
      const { token, found } = shown
      return sameHash(found.secretHash, hashSecret(token.secret)) ? live(found) : undefined
    },

    async revoke(text, clientId) {
      const shown = await lookUp(text, clientId)
      if (shown === undefined) return []
      const { id, secret } = shown.token
      const ended = await context.store.revoke({ sessionId: id, familyHash: hashFamily(secret) })
      return ended.map(formatId)
    },

    async find(sessionId) {
      const id = parseId(sessionId)
      return id && live(await context.store.find(id))
    },
  })
}

const clientIdForm = /^[\x21-\x7e]{1,255}$/
