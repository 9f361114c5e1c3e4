import type { AnyUser } from '../core/user.ts'
import type { CloakroomError, CloakroomErrorCode } from '../errors.ts'
import type { Transport } from './request-head.ts'
import type { Verdict } from './verdict.ts'

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
  cross_site: 403,
  step_up_required: 403,
  impersonated_session: 403,
  too_many_sessions: 403,
  invalid_user_id: 400,
  invalid_data: 400,
  update_conflict: 409,
  schema_missing: 500,
  schema_newer: 500,
  schema_mismatch: 500,
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Forbidden',
  409: 'Conflict',
  500: 'Internal error',
  503: 'Temporarily unavailable',
}

/**
 * What to answer where an authenticated request was needed. 401 never says why (RFC 9110 §15.5.2);
 * the challenge is that of RFC 6750 §3 where bearer tokens are taken.
 */
export function refusalOf(
  verdict: Exclude<Verdict<AnyUser, unknown>, { status: 'authenticated' }>,
  transports: readonly Transport[],
  cookieName: string,
): Problem {
  if (verdict.status === 'refused') {
    const status = verdict.reason === 'cross_site' ? 403 : 400
    return problem(
      status,
      verdict.reason,
      challenge(transports, cookieName, 'invalid_request', status),
    )
  }
  const nothingWrong = verdict.reason === 'missing' || verdict.reason === 'not_signed_in'
  const error = nothingWrong ? undefined : 'invalid_token'
  return problem(401, 'not_authenticated', challenge(transports, cookieName, error, 401))
}

/** What to answer to an error of ours. */
export function problemOf(error: CloakroomError): Problem {
  const status = statuses[error.code]
  return problem(status, error.code, status === 503 ? { 'retry-after': '5' } : {})
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

// RFC 9110 §11.6.1 wants a challenge with every 401. For cookies there is no registered scheme; the
// name `Cookie` is that of an expired draft, and no browser shows a dialog for it.
function challenge(
  transports: readonly Transport[],
  cookieName: string,
  error: string | undefined,
  status: number,
): Record<string, string> {
  if (status === 403) return {}
  if (!transports.includes('bearer')) {
    return status === 401 ? { 'www-authenticate': `Cookie cookie-name="${cookieName}"` } : {}
  }
  return { 'www-authenticate': error === undefined ? 'Bearer' : `Bearer error="${error}"` }
}
