import type { JsonObject, Verification } from '../core/session.ts'
import type { AnyUser } from '../core/user.ts'

/**
 * Why a request was not even verified.
 * - `cross_site`: it may change something, and another site's page may have sent it.
 * - `ambiguous_credentials`: it carries more than one.
 * - `malformed_authorization`: its Bearer header is not one of RFC 6750 §2.1.
 */
export type RefusedReason = 'cross_site' | 'ambiguous_credentials' | 'malformed_authorization'

export interface Refused {
  readonly status: 'refused'
  readonly reason: RefusedReason
  readonly session?: undefined
}

/** A verification of a request: that of its token, or `refused`. */
export type Verdict<User extends AnyUser = AnyUser, Data = JsonObject> =
  | Verification<User, Data>
  | Refused

/** Every verdict but `authenticated`. */
export type Unauthenticated<User extends AnyUser = AnyUser, Data = JsonObject> = Exclude<
  Verdict<User, Data>,
  { status: 'authenticated' }
>
