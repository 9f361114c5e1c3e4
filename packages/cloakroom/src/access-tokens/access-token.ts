/** How tokens are signed: ECDSA on P-256 (RFC 7518 §3.4), or Ed25519 (RFC 8037 §3.1). */
export type AccessTokenAlgorithm = 'ES256' | 'EdDSA'

/** The header's `typ` (RFC 9068 §2.1): no other kind of JWT can be taken for an access token. */
export const tokenType = 'at+jwt'

/** The longest that an access token may live, in seconds: what a log-out may have to wait for. */
export const longestLifetimeSeconds = 300

/** The longest token that is minted, and that is looked at, in characters. */
export const longestToken = 8192

/** What an access token says: RFC 9068 §2.2, and `sid`. Times are seconds since 1970. */
export interface AccessTokenClaims {
  readonly iss: string
  readonly aud: string
  /** The user's id as a string, whatever its type. */
  readonly sub: string
  readonly client_id: string
  /** When the session was last known to be live, which is when it was verified. */
  readonly iat: number
  /** At most 300 seconds after `iat`, and never after the session's own end. */
  readonly exp: number
  /** Of this token alone. */
  readonly jti: string
  /** The session's id. */
  readonly sid: string
  /** When the user's credential was last checked. Absent: impersonated. */
  readonly auth_time?: number
  /** How: RFC 8176 names. */
  readonly amr: readonly string[]
  /** Separated by spaces. Absent: none. */
  readonly scope?: string
  /** RFC 8693 §4.1: the user who acts as `sub`. Absent: the user itself. */
  readonly act?: { readonly sub: string }
  /** What the issuer's `userClaims` names. Absent: it names nothing. */
  readonly user?: Readonly<Record<string, unknown>>
}
