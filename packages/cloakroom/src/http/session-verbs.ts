import type { ImpersonateOptions } from '../core/impersonate.ts'
import type { Authenticated, Verification } from '../core/session.ts'
import type { SignInAttempt } from '../core/sign-in.ts'
import type { TokenParameters } from '../core/token-parameters.ts'
import type { AnyUser } from '../core/user.ts'
import type { Transport } from './request-head.ts'
import type { AnonymousOptions, HttpSignInOptions, Issued, IssueOptions } from './sessions.ts'

/** What every adapter takes. `Request` is what the framework hands to a handler. */
export interface AdapterOptions<Request> {
  /** Where the credential may travel. Default: the instance's `transports`. */
  readonly transports?: readonly Transport[]
  /**
   * The client's IP address, for the list of sessions. Default: the other end of the connection.
   * `X-Forwarded-For` is never believed, because any client can send it: behind a proxy, read here
   * what that proxy itself has written.
   */
  readonly address?: (request: Request) => string | undefined
}

/** A session begun or changed. Its cookie is on the response; `token` is there for `bearer` only. */
export type Delivered<User, Data, Id extends AnyUser['id']> = Omit<
  Issued<User, Data, Id>,
  'setCookie'
>

/**
 * The verbs of every adapter; `Call` is what a handler gets: `[context]`, or `[request, response]`.
 *
 * Those that begin, change or end a session put its cookie on the response, beside cookies that are
 * there already, with `Cache-Control: no-store`. They may throw `cross_site`,
 * `ambiguous_credentials`, `malformed_authorization` and `store_unavailable`, and need no middleware.
 */
export interface SessionVerbs<
  Call extends readonly [request: object, ...rest: object[]],
  User extends AnyUser,
  Data,
  Input,
> {
  /**
   * What the request proved, and after one of the verbs below what is true since.
   * @throws {Error} if `authenticate`, `required` or `requiredStepUp` is not before this handler
   */
  of(request: Call[0]): Verification<User, Data>
  /** @throws {CloakroomError} `not_authenticated` */
  authenticated(request: Call[0]): Authenticated<User, Data>

  /**
   * For a handler without middleware, whose own statement calls `cloakroom_verify`.
   * @throws {CloakroomError} `cross_site`, `ambiguous_credentials`, `malformed_authorization`
   */
  tokenParameters(request: Call[0]): TokenParameters

  /** Completes a sign-in, with address and device of the request, ending the session it carried. */
  signIn(
    ...call: [
      ...Call,
      attempt: SignInAttempt<User, Data, Input>,
      options?: HttpSignInOptions<Input>,
    ]
  ): Promise<Delivered<User, Data, User['id']>>
  /** Begins a session before log-in. */
  createAnonymous(
    ...call: [...Call, options?: AnonymousOptions<Input> & IssueOptions]
  ): Promise<Delivered<undefined, Data, User['id']>>
  /** @throws {CloakroomError} `not_authenticated`: the session has ended meanwhile */
  rotate(...call: Call): Promise<Delivered<User | undefined, Data, User['id']>>
  /**
   * Records that the credential was just checked again, and rotates. `methods`: how it was checked.
   * @throws {CloakroomError} `not_authenticated`, `impersonated_session`
   */
  stepUp(
    ...call: [...Call, options: { readonly methods: readonly string[] }]
  ): Promise<Delivered<User, Data, User['id']>>
  /**
   * The client goes on as `userId`, for an hour at most. Whether it may is for the handler to ask.
   * @throws {CloakroomError} `not_authenticated`, `impersonated_session`, and as a sign-in does
   */
  impersonate(
    ...call: [...Call, userId: User['id'], options?: ImpersonateOptions<Input>]
  ): Promise<Delivered<User, Data, User['id']>>
  /** Returns the ids of the sessions that ended: one or none. */
  signOut(...call: Call): Promise<readonly string[]>
}
