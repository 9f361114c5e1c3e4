import { randomBytes } from 'node:crypto'
import { SignJWT } from 'jose'
import type { Session, SessionIdentity } from '../core/session.ts'
import type { AnyUser } from '../core/user.ts'
import { CloakroomError } from '../errors.ts'
import { type AccessTokenClaims, longestToken, tokenType } from './access-token.ts'
import type { IssuerSettings } from './issuer-options.ts'
import type { SigningKey } from './signing-keys.ts'

/** What a verification found: a live session and its user. */
export interface SignedIn<User extends AnyUser = AnyUser> {
  readonly session: SessionIdentity<User['id']> &
    Pick<Session<unknown, User['id']>, 'impersonatorId' | 'createdAt' | 'idleExpiresAt' | 'readAt'>
  readonly user: User
}

export interface MintOptions<Audience extends string = string> {
  readonly audience: Audience
  /** Scopes of that audience, separated by spaces (RFC 6749 §3.3). Default: none. */
  readonly scope?: string | undefined
  /** The OAuth client that the token is for (RFC 9068 §2.2). Default `first-party`. */
  readonly clientId?: string | undefined
}

export interface MintedToken {
  readonly token: string
  readonly expiresAt: Date
  /** `expires_in` of RFC 6749 §5.1. */
  readonly expiresInSeconds: number
  /** As granted; `''`: none. */
  readonly scope: string
}

/** What a token is minted with. */
interface Signing {
  readonly signer: SigningKey
  /** The database's time, by and by, in milliseconds. */
  readonly now: number
  /** How old a verification may have been when it was given. */
  readonly leaseMs: number
}

/** @throws {CloakroomError} `not_authenticated`, `invalid_target`, `invalid_scope`, `invalid_data` */
export async function mintToken(
  settings: IssuerSettings,
  { signer, now, leaseMs }: Signing,
  signedIn: SignedIn,
  options: MintOptions,
): Promise<MintedToken> {
  const claims = claimsOf(settings, { now, leaseMs }, signedIn, options)
  const token = await new SignJWT({ ...claims })
    .setProtectedHeader({ alg: signer.algorithm, typ: tokenType, kid: signer.id })
    .sign(signer.privateKey)
  if (token.length > longestToken) {
    throw new CloakroomError('invalid_data', `The token is longer than ${longestToken} characters.`)
  }
  return {
    token,
    expiresAt: new Date(claims.exp * 1000),
    expiresInSeconds: claims.exp - Math.floor(now / 1000),
    scope: claims.scope ?? '',
  }
}

function claimsOf(
  { issuer, audiences, lifetimeMs, userClaims }: IssuerSettings,
  { now, leaseMs }: Omit<Signing, 'signer'>,
  { session, user }: SignedIn,
  { audience, scope = '', clientId = 'first-party' }: MintOptions,
): AccessTokenClaims {
  const { userId, expiresAt, idleExpiresAt, authenticatedAt, impersonatorId } = session
  if (userId === null) {
    throw new CloakroomError('not_authenticated', 'An anonymous session gets no access token.')
  }
  const liveAt = Math.max(session.readAt.getTime() - leaseMs, session.createdAt.getTime())
  // From when the session was known to be live, not from now: however long somebody keeps the answer
  // of a verification, no token of a session outlives its end by more than a lifetime.
  const end = Math.min(liveAt + lifetimeMs, expiresAt.getTime(), idleExpiresAt.getTime())
  const exp = Math.floor(end / 1000)
  if (!(exp * 1000 > now)) {
    throw new CloakroomError(
      'not_authenticated',
      'The session is over, or was verified too long ago: verify it again.',
    )
  }
  const scopes = grantedScopes(audiences.get(audience), scope)
  return {
    iss: issuer,
    aud: audience,
    sub: String(userId),
    client_id: clientId,
    iat: Math.floor(liveAt / 1000),
    exp,
    jti: randomBytes(16).toString('base64url'),
    sid: session.id,
    ...(authenticatedAt && { auth_time: Math.floor(authenticatedAt.getTime() / 1000) }),
    amr: session.methods,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
    ...(impersonatorId !== null && { act: { sub: String(impersonatorId) } }),
    ...(userClaims.length > 0 && { user: pickClaims(user, userClaims) }),
  }
}

function grantedScopes(offered: ReadonlySet<string> | undefined, scope: string): string[] {
  if (offered === undefined) {
    throw new CloakroomError('invalid_target', 'No tokens are issued for this audience.')
  }
  const asked = [...new Set(scope.split(' '))].filter((each) => each !== '')
  if (asked.every((each) => offered.has(each))) return asked
  throw new CloakroomError(
    'invalid_scope',
    'This audience does not offer a scope that was asked for.',
  )
}

function pickClaims(user: AnyUser, names: readonly string[]): Record<string, unknown> {
  const all: Readonly<Record<string, unknown>> = { ...user }
  return Object.fromEntries(names.map((name) => [name, all[name] ?? null]))
}
