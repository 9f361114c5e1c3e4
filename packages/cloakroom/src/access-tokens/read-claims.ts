import { type AccessTokenClaims, longestLifetimeSeconds } from './access-token.ts'

export interface Expected {
  readonly issuer: string
  readonly audience: string
  /** The time in seconds since 1970. */
  readonly now: number
  readonly clockToleranceSeconds: number
}

/** Why the claims of a token that is signed rightly are not accepted. */
export type ClaimsRefusal = 'misdirected' | 'invalid' | 'expired'

const sessionId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The claims, every one of which is there and has its type; or why they are refused. */
export function readClaims(
  payload: Readonly<Record<string, unknown>> | undefined,
  { issuer, audience, now, clockToleranceSeconds }: Expected,
): AccessTokenClaims | ClaimsRefusal {
  if (payload === undefined) return 'invalid'
  if (payload.iss !== issuer || payload.aud !== audience) return 'misdirected'
  if (!hasAllClaims(payload)) return 'invalid'
  const { iat, exp } = payload
  if (exp <= iat || exp - iat > longestLifetimeSeconds) return 'invalid'
  if (iat > now + clockToleranceSeconds) return 'invalid'
  // No issuer of ours writes `nbf` (RFC 7519 §4.1.5); one that is there is kept to all the same.
  if (
    payload.nbf !== undefined &&
    !(isTime(payload.nbf) && payload.nbf <= now + clockToleranceSeconds)
  ) {
    return 'invalid'
  }
  return exp > now - clockToleranceSeconds ? payload : 'expired'
}

function hasAllClaims(
  payload: Readonly<Record<string, unknown>>,
): payload is Readonly<Record<string, unknown>> & AccessTokenClaims {
  const { sub, client_id, iat, exp, jti, sid, auth_time, amr, scope, act, user } = payload
  return (
    [sub, client_id, jti].every((text) => typeof text === 'string' && text !== '') &&
    typeof sid === 'string' &&
    sessionId.test(sid) &&
    isTime(iat) &&
    isTime(exp) &&
    (auth_time === undefined || isTime(auth_time)) &&
    Array.isArray(amr) &&
    amr.every((method) => typeof method === 'string') &&
    (scope === undefined || typeof scope === 'string') &&
    (act === undefined || (isObject(act) && typeof act.sub === 'string')) &&
    (user === undefined || isObject(user))
  )
}

/** Whole seconds since 1970, which the issuer writes. */
function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
