import { randomBytes } from 'node:crypto'
import type { Session } from 'cloakroom'
import { audience, issuer } from '../workload/signed-tokens.ts'

/** What every target puts into the token of a session: the claims of RFC 9068. */
export interface SessionClaims {
  readonly sub: string
  readonly sid: string
  readonly auth_time: number
  readonly amr: readonly string[]
}

export const clientId = 'first-party'
export const lifetimeSeconds = 300

export function sessionClaims({
  id,
  userId,
  createdAt,
  methods,
}: Session<unknown, number>): SessionClaims {
  const auth_time = Math.floor(createdAt.getTime() / 1000)
  return { sub: String(userId), sid: id, auth_time, amr: methods }
}

/** The claims of one token, as Cloakroom's issuer makes them. */
export function tokenClaims(claims: SessionClaims) {
  const iat = Math.floor(Date.now() / 1000)
  return {
    iss: issuer,
    aud: audience,
    client_id: clientId,
    iat,
    exp: iat + lifetimeSeconds,
    jti: randomBytes(16).toString('base64url'),
    ...claims,
  }
}

/** Of a token that was just made: its signature is somebody else's concern. */
export function subjectOf(token: string): number {
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  return Number((JSON.parse(payload) as { sub: string }).sub)
}

export function withSignatureOf(token = '', other = ''): string {
  return token.slice(0, token.lastIndexOf('.')) + other.slice(other.lastIndexOf('.'))
}
