import type { JsonObject, Verification } from '../core/session.ts'
import type { AnyUser } from '../core/user.ts'

/**
 * Why a request was not even verified.
 * - `cross_site`: it may change something, and another site's page may have sent it.
 * - `ambiguous_credentials`: it carries more than one.
 * - `malformed_authorization`: its Bearer header is not one of RFC 6750 §2.1.
 */
export interface Refused {
  readonly status: 'refused'
  readonly reason: 'cross_site' | 'ambiguous_credentials' | 'malformed_authorization'
  readonly session?: undefined
}

/** A verification of a request: that of its token, or `refused`. */
export type Verdict<User extends AnyUser = AnyUser, Data = JsonObject> =
  | Verification<User, Data>
  | Refused
