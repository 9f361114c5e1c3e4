import type { TokenAnonymous, TokenRefused, TokenRequirements } from './token-verification.ts'

/** A refusal, ready to be sent. */
export interface BearerAnswer {
  readonly status: 401 | 403
  readonly headers: { readonly 'www-authenticate': string; readonly 'cache-control': 'no-store' }
}

const credential = /^bearer +([\w.~+/-]+=*)[ \t]*$/i

/**
 * The token of an `Authorization` header (RFC 6750 §2.1), for `verify`. `undefined`: there is none. What is
 * no Bearer credential is given as it is, and is malformed as a token too.
 */
export function bearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined) return undefined
  return credential.exec(authorization)?.[1] ?? authorization
}

/**
 * What to answer where a token is not enough: RFC 6750 §3.1, RFC 9470 §3. It never says why a token is not
 * good.
 */
export function bearerAnswer(
  verification: TokenAnonymous | TokenRefused,
  { scopes = [], maxAuthenticationAgeSeconds }: TokenRequirements = {},
): BearerAnswer {
  const { reason } = verification
  if (reason === 'missing') return answer(401, [])
  if (reason === 'insufficient_scope') {
    return answer(403, [`error="${reason}"`, `scope="${scopes.join(' ')}"`])
  }
  if (reason !== 'insufficient_user_authentication') return answer(401, ['error="invalid_token"'])
  const maxAge =
    maxAuthenticationAgeSeconds === undefined ? [] : [`max_age="${maxAuthenticationAgeSeconds}"`]
  return answer(401, [`error="${reason}"`, ...maxAge])
}

function answer(status: BearerAnswer['status'], parameters: readonly string[]): BearerAnswer {
  const challenge = ['Bearer', parameters.join(', ')].join(' ').trim()
  return { status, headers: { 'www-authenticate': challenge, 'cache-control': 'no-store' } }
}
