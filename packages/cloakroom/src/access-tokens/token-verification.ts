import type { SessionIdentity } from '../core/session.ts'
import type { UserId, UserIdType } from '../core/user.ts'
import type { AccessTokenClaims } from './access-token.ts'

/** Users' ids as `cloakroom` shows them. */
export type UserIdOf<Type extends UserIdType> = Type extends 'integer' ? number : string

/** An access token always has a user. */
export interface TokenIdentity<Id extends UserId = UserId> extends SessionIdentity<Id> {
  readonly userId: Id
}

/** What an access token proves. Keys that cannot be read are no outcome: that throws. */
export type TokenVerification<Id extends UserId = UserId> =
  | TokenAuthenticated<Id>
  | TokenAnonymous
  | TokenRefused

export interface TokenAuthenticated<Id extends UserId = UserId> {
  readonly status: 'authenticated'
  /** What a session says as well: for handlers that take either. */
  readonly identity: TokenIdentity<Id>
  readonly claims: AccessTokenClaims
  readonly scopes: ReadonlySet<string>
}

/**
 * HTTP: 401. The reason is for logs and metrics; a client is told `invalid_token`, and refreshes.
 *
 * - `missing`: no token. `malformed`: not written as an access token of ours is.
 * - `untrusted`: not signed with a key that the issuer publishes.
 * - `misdirected`: of another issuer, or for another audience.
 * - `invalid`: its claims are not those of an access token. `expired`: it is over.
 * - With `revokedSessions`, `revoked`: its session has ended. `doubtful`: it is from before this verifier
 *   heard of ended sessions; a new token of the same session is not.
 */
export interface TokenAnonymous {
  readonly status: 'anonymous'
  readonly reason:
    | 'missing'
    | 'malformed'
    | 'untrusted'
    | 'misdirected'
    | 'invalid'
    | 'expired'
    | 'revoked'
    | 'doubtful'
}

/**
 * A good token that is not good enough.
 *
 * - `insufficient_scope`: HTTP 403 (RFC 6750 §3.1).
 * - `insufficient_user_authentication`: HTTP 401; the user has to authenticate anew, or otherwise
 *   (RFC 9470 §3).
 */
export interface TokenRefused {
  readonly status: 'refused'
  readonly reason: 'insufficient_scope' | 'insufficient_user_authentication'
}

/** What a route needs beyond a good token. */
export interface TokenRequirements {
  /** Scopes that the token must have, all of them. Default: none. */
  readonly scopes?: readonly string[]
  /** How old the check of the credential may be, in seconds. Default: as old as it is. */
  readonly maxAuthenticationAgeSeconds?: number
  /** Authentication methods (RFC 8176) of which all must have been used. Default: any. */
  readonly methods?: readonly string[]
}

/** Why the token does not meet the requirements; `undefined`: it does. */
export function unmet(
  { claims, scopes }: Pick<TokenAuthenticated, 'claims' | 'scopes'>,
  requirements: TokenRequirements,
  now: number,
): TokenRefused['reason'] | undefined {
  const { scopes: required = [], methods = [], maxAuthenticationAgeSeconds } = requirements
  if (!required.every((scope) => scopes.has(scope))) return 'insufficient_scope'
  const isRecent =
    maxAuthenticationAgeSeconds === undefined ||
    // Without a time, as where somebody acts as the user, it is never recent enough.
    (claims.auth_time !== undefined && now - claims.auth_time < maxAuthenticationAgeSeconds)
  const hasMethods = methods.every((method) => claims.amr.includes(method))
  return isRecent && hasMethods ? undefined : 'insufficient_user_authentication'
}
