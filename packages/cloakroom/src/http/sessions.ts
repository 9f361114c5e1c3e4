import type { ImpersonateOptions } from '../core/impersonate.ts'
import type { RotatedSession } from '../core/rotate.ts'
import type { IssuedSession, Session, Verification } from '../core/session.ts'
import type { DeviceOptions, SignInAttempt, SignInOptions } from '../core/sign-in.ts'
import type { TokenParameters } from '../core/token-parameters.ts'
import type { AnyUser } from '../core/user.ts'
import { CloakroomError } from '../errors.ts'
import type { SessionCookie } from './cookie.ts'
import { type Credential, readCredential } from './credential.ts'
import { deviceLabel } from './device.ts'
import { isCrossSite, isForeign } from './origin.ts'
import { type Problem, refusalOf } from './problem.ts'
import type { RequestHead, Transport } from './request-head.ts'
import type { RefusedReason, Unauthenticated, Verdict } from './verdict.ts'

/** What HTTP needs of the core, on tokens. */
interface Verbs<User extends AnyUser, Data, Input> {
  verify(token: string | undefined): Promise<Verification<User, Data>>
  tokenParameters(token: string | undefined): TokenParameters
  createAnonymous(
    options: AnonymousOptions<Input> & DeviceOptions,
  ): Promise<{ token: string; session: Session<Data, User['id']> }>
  rotate(token: string | undefined): Promise<RotatedSession<User, Data> | undefined>
  stepUp(
    token: string | undefined,
    options: StepUpOptions,
  ): Promise<IssuedSession<User, Data> | undefined>
  impersonate(
    token: string | undefined,
    userId: User['id'],
    options: ImpersonateOptions<Input>,
  ): Promise<IssuedSession<User, Data>>
  signOut(token: string | undefined): Promise<string[]>
}

export interface TransportOptions {
  /** Where the credential may travel on this route. Default: the instance's `transports`. */
  readonly transports?: readonly Transport[]
}

export interface IssueOptions {
  /** How the new token reaches the client. Default: the first of the instance's `transports`. */
  readonly transport?: Transport | undefined
}

/** What the session carries is read from the request. */
export type HttpSignInOptions<Input> = Omit<SignInOptions<Input>, 'carried'> & IssueOptions

export type AnonymousOptions<Input> = Pick<SignInOptions<Input>, 'data' | 'persistent'>

export interface StepUpOptions {
  /** How the credential was checked: RFC 8176 names. Added to those of the session. */
  readonly methods: readonly string[]
}

/**
 * What is to be sent for a new or rotated session: a cookie, or a token in the body. Not to be sent
 * as it is: in a body, `setCookie` would show the token to scripts.
 */
export interface Issued<User, Data, Id extends AnyUser['id']> {
  readonly session: Session<Data, Id>
  readonly user: User
  /** For `bearer`: to be shown to the client this once. */
  readonly token?: string
  /** For `cookie`: the value of a `Set-Cookie` header. */
  readonly setCookie?: string
}

export interface SignedOut {
  /** Ids of the sessions that ended: one or none. */
  readonly ended: readonly string[]
  /** Removes the cookie; absent if the credential was not a cookie. */
  readonly setCookie?: string
}

/**
 * The same verbs as on tokens, on request heads: strings in, strings out. Only those that issue or
 * end a session give a cookie to set; `authenticate` never does, so that a slow parallel request
 * cannot take a new cookie away.
 *
 * What `authenticate` gives as `refused` the other verbs throw: `cross_site`,
 * `ambiguous_credentials`, `malformed_authorization`.
 */
export interface HttpSessions<User extends AnyUser, Data, Input> {
  readonly cookieName: string
  /** @throws {CloakroomError} `store_unavailable` */
  authenticate(head: RequestHead, options?: TransportOptions): Promise<Verdict<User, Data>>
  /** In place of `authenticate`, to verify inside a statement. All are null if there is no token. */
  tokenParameters(head: RequestHead, options?: TransportOptions): TokenParameters
  /** How to answer a request that had to be authenticated and is not, or for which a verb threw. */
  refusal(cause: Unauthenticated<User, Data> | CloakroomError, options?: TransportOptions): Problem
  /** Completes the attempt, with address and device of the request, ending the session it carried. */
  signIn(
    head: RequestHead,
    attempt: SignInAttempt<User, Data, Input>,
    options?: HttpSignInOptions<Input>,
  ): Promise<Issued<User, Data, User['id']>>
  createAnonymous(
    head: RequestHead,
    options?: AnonymousOptions<Input> & IssueOptions,
  ): Promise<Issued<undefined, Data, User['id']>>
  rotate(
    head: RequestHead,
    options?: TransportOptions,
  ): Promise<Issued<User | undefined, Data, User['id']> | undefined>
  /** `undefined`: the session has ended meanwhile. */
  stepUp(
    head: RequestHead,
    options: StepUpOptions & TransportOptions,
  ): Promise<Issued<User, Data, User['id']> | undefined>
  /** The browser's cookie becomes that of the new session; the old session lives on. */
  impersonate(
    head: RequestHead,
    userId: User['id'],
    options?: ImpersonateOptions<Input> & TransportOptions,
  ): Promise<Issued<User, Data, User['id']>>
  signOut(head: RequestHead, options?: TransportOptions): Promise<SignedOut>
}

interface HttpSettings {
  readonly origin: string
  readonly cookie: SessionCookie
  readonly transports: readonly Transport[]
}

export function httpSessions<User extends AnyUser, Data, Input>(
  verbs: Verbs<User, Data, Input>,
  { origin, cookie, transports: standard }: HttpSettings,
): HttpSessions<User, Data, Input> {
  const realm = new URL(origin).host

  function read(
    head: RequestHead,
    transports: readonly Transport[],
    isRefused: typeof isForeign = isCrossSite,
  ): Credential {
    const credential = readCredential(head, cookie, transports)
    const onlyBearer = credential.kind === 'token' && credential.transport === 'bearer'
    const cookieMatters = transports.includes('cookie') && !onlyBearer
    return cookieMatters && isRefused(head, origin)
      ? { kind: 'refused', reason: 'cross_site' }
      : credential
  }

  // For the verbs that change something: the application may have put them on a route of its own
  // that nothing else guards, even on GET, to which a link on another site's page can lead.
  function credentialOf(
    head: RequestHead,
    transports: readonly Transport[] = standard,
    isRefused: typeof isForeign = isForeign,
  ) {
    const credential = read(head, transports, isRefused)
    switch (credential.kind) {
      case 'refused':
        throw new CloakroomError(credential.reason, refusals[credential.reason])
      case 'none':
        return { token: undefined, transport: first(transports) }
      case 'token':
        return credential
    }
  }

  function issued<Owner extends User | undefined>(
    transport: Transport,
    { token, session, user }: { token: string; session: Session<Data, User['id']>; user: Owner },
  ): Issued<Owner, Data, User['id']> {
    if (transport === 'bearer') return { session, user, token }
    return { session, user, setCookie: cookie.set(token, maxAgeSeconds(session)) }
  }

  function deviceOf({ ip, userAgent }: RequestHead): Required<DeviceOptions> {
    // Node shows an IPv4 client of a dual-stack socket as ::ffff:192.0.2.1.
    return { ip: ip?.replace(/^::ffff:(?=\d+\.)/i, '') ?? null, device: deviceLabel(userAgent) }
  }

  return Object.freeze<HttpSessions<User, Data, Input>>({
    cookieName: cookie.name,
    async authenticate(head, options) {
      const credential = read(head, options?.transports ?? standard)
      if (credential.kind === 'refused') return { status: 'refused', reason: credential.reason }
      return await verbs.verify(credential.kind === 'token' ? credential.token : undefined)
    },

    tokenParameters: (head, options) =>
      verbs.tokenParameters(credentialOf(head, options?.transports, isCrossSite).token),

    refusal: (cause, options) =>
      refusalOf(cause, {
        transports: options?.transports ?? standard,
        cookieName: cookie.name,
        realm,
      }),

    async signIn(head, attempt, options = {}) {
      const { transport = first(standard), ...rest } = options
      // A log-in elsewhere comes back by a GET from another site: that one has to pass.
      const { token: carried } = credentialOf(head, [transport], isCrossSite)
      return issued(transport, await attempt.complete({ ...deviceOf(head), ...rest, carried }))
    },

    async createAnonymous(head, options = {}) {
      const { transport = first(standard), ...rest } = options
      credentialOf(head, [transport], isCrossSite)
      const created = await verbs.createAnonymous({ ...deviceOf(head), ...rest })
      return issued(transport, { ...created, user: undefined })
    },

    async rotate(head, options) {
      const { token, transport } = credentialOf(head, options?.transports)
      const rotated = await verbs.rotate(token)
      return rotated && issued(transport, rotated)
    },

    async stepUp(head, { methods, transports }) {
      const { token, transport } = credentialOf(head, transports)
      const rotated = await verbs.stepUp(token, { methods })
      return rotated && issued(transport, rotated)
    },

    async impersonate(head, userId, { transports, ...options } = {}) {
      const { token, transport } = credentialOf(head, transports)
      return issued(
        transport,
        await verbs.impersonate(token, userId, { ...deviceOf(head), ...options }),
      )
    },

    async signOut(head, options) {
      const { token, transport } = credentialOf(head, options?.transports)
      const ended = await verbs.signOut(token)
      return transport === 'cookie' ? { ended, setCookie: cookie.clear() } : { ended }
    },
  })
}

// A sliding session needs no new cookie: it lives as long as the session can at the most.
function maxAgeSeconds({ persistent, expiresAt, readAt }: Session<unknown>): number | undefined {
  if (!persistent) return undefined
  return Math.max(0, Math.ceil((expiresAt.getTime() - readAt.getTime()) / 1000))
}

function first(transports: readonly Transport[]): Transport {
  return transports[0] ?? 'cookie'
}

const refusals: Readonly<Record<RefusedReason, string>> = {
  cross_site: "The request may have been sent by another site's page.",
  ambiguous_credentials: 'The request carries more than one credential.',
  malformed_authorization: 'The Authorization header is not one of RFC 6750.',
}
