import type { AnyUser } from '../core/user.ts'
import { CloakroomError, type CloakroomErrorCode } from '../errors.ts'
import type { Transport } from './request-head.ts'
import type { Unauthenticated } from './verdict.ts'

/** An answer that refuses, ready to be sent: an RFC 9457 problem. */
export interface Problem {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** JSON of the type `application/problem+json`. */
  readonly body: string
}

const statuses: Readonly<Record<CloakroomErrorCode, number>> = {
  store_unavailable: 503,
  clock_skew: 503,
  sign_in_superseded: 401,
  user_inactive: 401,
  not_authenticated: 401,
  session_ended: 401,
  cross_site: 403,
  step_up_required: 403,
  impersonated_session: 403,
  too_many_sessions: 403,
  ambiguous_credentials: 400,
  malformed_authorization: 400,
  invalid_user_id: 400,
  invalid_data: 400,
  invalid_target: 400,
  invalid_scope: 400,
  update_conflict: 409,
  wrong_key_encryption_key: 500,
  schema_missing: 500,
  schema_newer: 500,
  schema_mismatch: 500,
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  409: 'Conflict',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** A problem with a stable `code`, for a program to switch on. */
export function problem(
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): Problem {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify({ type: 'about:blank', title: titles[status] ?? 'Error', status, code }),
  }
}

/**
 * What to answer to an error of ours. In answer to a request use `auth.http.refusal`, which adds the
 * challenge that belongs to a 401.
 */
export function problemOf(error: CloakroomError): Problem {
  return answerTo(error.code)
}

type Cause = Unauthenticated<AnyUser, unknown> | CloakroomError

/** What a challenge says. */
export interface Challenge {
  readonly transports: readonly Transport[]
  readonly cookieName: string
  readonly realm: string
}

/**
 * What to answer where an authenticated request was needed, or where a verb threw. 401 never says
 * why (RFC 9110 §15.5.2).
 */
export function refusalOf(cause: Cause, challenge: Challenge): Problem {
  const code = codeOf(cause)
  const error = bearerErrors[code] ?? (isDeadToken(cause) ? 'invalid_token' : undefined)
  return answerTo(code, challengeOf(statuses[code], error, challenge))
}

function answerTo(code: CloakroomErrorCode, challenge: Record<string, string> = {}): Problem {
  const status = statuses[code]
  return problem(status, code, status === 503 ? { 'retry-after': '5' } : challenge)
}

function codeOf(cause: Cause): CloakroomErrorCode {
  if (cause instanceof CloakroomError) return cause.code
  return cause.status === 'refused' ? cause.reason : 'not_authenticated'
}

/** RFC 6750 §3.1. */
const bearerErrors: { readonly [code in CloakroomErrorCode]?: string } = {
  ambiguous_credentials: 'invalid_request',
  malformed_authorization: 'invalid_request',
}

function isDeadToken(cause: Cause): boolean {
  if (cause instanceof CloakroomError || cause.status === 'refused') return false
  return cause.reason !== 'missing' && cause.reason !== 'not_signed_in'
}

// RFC 9110 §11.6.1 wants a challenge with every 401. For cookies there is no registered scheme; the
// name `Cookie` is that of an expired draft, and no browser shows a dialog for it.
function challengeOf(
  status: number,
  error: string | undefined,
  { transports, cookieName, realm }: Challenge,
): Record<string, string> {
  if (!transports.includes('bearer')) {
    return status === 401 ? { 'www-authenticate': `Cookie cookie-name="${cookieName}"` } : {}
  }
  if (status !== 401 && error === undefined) return {}
  // RFC 6750 §3: at least one parameter must follow the scheme.
  const because = error === undefined ? '' : `, error="${error}"`
  return { 'www-authenticate': `Bearer realm="${realm}"${because}` }
}
