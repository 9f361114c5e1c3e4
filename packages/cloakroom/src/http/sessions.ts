import type { ImpersonateOptions } from '../core/impersonate.ts'
import type { RotatedSession } from '../core/rotate.ts'
import type { IssuedSession, Session, Verification } from '../core/session.ts'
import type { DeviceOptions, SignInAttempt, SignInOptions } from '../core/sign-in.ts'
import type { AnyUser } from '../core/user.ts'
import { CloakroomError } from '../errors.ts'
import type { SessionCookie } from './cookie.ts'
import { type Credential, readCredential } from './credential.ts'
import { deviceLabel } from './device.ts'
import { isCrossSite } from './origin.ts'
import { type Problem, refusalOf } from './problem.ts'
import type { RequestHead, Transport } from './request-head.ts'
import type { Verdict } from './verdict.ts'

/** What HTTP needs of the core, on tokens. */
interface Verbs<User extends AnyUser, Data, Input> {
  verify(token: string | undefined): Promise<Verification<User, Data>>
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
    options: ImpersonateOptions,
  ): Promise<IssuedSession<User, Data>>
  signOut(token: string | undefined): Promise<string[]>
}

export interface TransportOptions {
  /** Where the credential may travel on this route. Default: the instance's `transports`. */
  readonly transports?: readonly Transport[]
}

export interface IssueOptions {
  /** How the new token reaches the client. Default `cookie`. */
  readonly transport?: Transport
}

export type AnonymousOptions<Input> = Pick<SignInOptions<Input>, 'data' | 'persistent'>

export interface StepUpOptions {
  /** How the credential was checked: RFC 8176 names. Added to those of the session. */
  readonly methods: readonly string[]
}

/** What is to be sent for a new or rotated session: a cookie, or a token in the body. */
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
 */
export interface HttpSessions<User extends AnyUser, Data, Input> {
  readonly cookieName: string
  /** @throws {CloakroomError} `store_unavailable` */
  authenticate(head: RequestHead, options?: TransportOptions): Promise<Verdict<User, Data>>
  /** How to answer a request that had to be authenticated and is not. */
  refusal(
    verdict: Exclude<Verdict<User, Data>, { status: 'authenticated' }>,
    options?: TransportOptions,
  ): Problem
  /** Completes the attempt, with address and device of the request, ending the session it carried. */
  signIn(
    head: RequestHead,
    attempt: SignInAttempt<User, Data, Input>,
    options?: SignInOptions<Input> & IssueOptions,
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
    options?: ImpersonateOptions & TransportOptions,
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
  function read(head: RequestHead, options: TransportOptions = {}): Credential | 'cross_site' {
    const transports = options.transports ?? standard
    const credential = readCredential(head, cookie, transports)
    const onlyBearer = credential.kind === 'token' && credential.transport === 'bearer'
    const cookieMatters = transports.includes('cookie') && !onlyBearer
    return cookieMatters && isCrossSite(head, origin) ? 'cross_site' : credential
  }

  // For the verbs that change something: the application may have put them on a route of its own
  // that nothing else guards.
  function credentialOf(head: RequestHead, options?: TransportOptions) {
    const credential = read(head, options)
    if (credential === 'cross_site') throw crossSite()
    return credential.kind === 'token'
      ? credential
      : { token: undefined, transport: 'cookie' as const }
  }

  function issued<Owner extends User | undefined>(
    transport: Transport,
    { token, session, user }: { token: string; session: Session<Data, User['id']>; user: Owner },
  ): Issued<Owner, Data, User['id']> {
    if (transport === 'bearer') return { session, user, token }
    return { session, user, setCookie: cookie.set(token, maxAgeSeconds(session)) }
  }

  function deviceOf(head: RequestHead): Required<DeviceOptions> {
    return { ip: head.ip ?? null, device: deviceLabel(head.userAgent) }
  }

  return Object.freeze<HttpSessions<User, Data, Input>>({
    cookieName: cookie.name,

    async authenticate(head, options) {
      const credential = read(head, options)
      if (credential === 'cross_site') return { status: 'refused', reason: 'cross_site' }
      switch (credential.kind) {
        case 'ambiguous':
          return { status: 'refused', reason: 'ambiguous_credentials' }
        case 'malformed':
          return { status: 'refused', reason: 'malformed_authorization' }
        case 'none':
          return verbs.verify(undefined)
        case 'token':
          return verbs.verify(credential.token)
      }
    },

    refusal: (verdict, options) => refusalOf(verdict, options?.transports ?? standard, cookie.name),

    async signIn(head, attempt, options = {}) {
      const { transport = 'cookie', ...rest } = options
      const { token: carried } = credentialOf(head, { transports: [transport] })
      return issued(transport, await attempt.complete({ ...deviceOf(head), carried, ...rest }))
    },

    async createAnonymous(head, options = {}) {
      const { transport = 'cookie', ...rest } = options
      credentialOf(head, { transports: [transport] })
      const created = await verbs.createAnonymous({ ...deviceOf(head), ...rest })
      return issued(transport, { ...created, user: undefined })
    },

    async rotate(head, options) {
      const { token, transport } = credentialOf(head, options)
      const rotated = await verbs.rotate(token)
      return rotated && issued(transport, rotated)
    },

    async stepUp(head, { methods, ...options }) {
      const { token, transport } = credentialOf(head, options)
      const rotated = await verbs.stepUp(token, { methods })
      return rotated && issued(transport, rotated)
    },

    async impersonate(head, userId, { transports, ...options } = {}) {
      const { token, transport } = credentialOf(head, transports && { transports })
      return issued(
        transport,
        await verbs.impersonate(token, userId, { ...deviceOf(head), ...options }),
      )
    },

    async signOut(head, options) {
      const { token, transport } = credentialOf(head, options)
      const ended = await verbs.signOut(token)
      return transport === 'cookie' ? { ended, setCookie: cookie.clear() } : { ended }
    },
  })
}

// A sliding session needs no new cookie: it lives as long as the session can at the most.
function maxAgeSeconds({ persistent, expiresAt, readAt }: Session<unknown>): number | undefined {
  if (!persistent) return undefined
  return Math.max(0, Math.floor((expiresAt.getTime() - readAt.getTime()) / 1000))
}

function crossSite(): CloakroomError {
  return new CloakroomError('cross_site', "The request may have been sent by another site's page.")
}
