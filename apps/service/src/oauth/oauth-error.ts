/** RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 8707 §2. */
export type OAuthErrorCode =
  | 'invalid_client'
  | 'invalid_grant'
  | 'invalid_request'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type'

const statuses: Partial<Record<OAuthErrorCode, number>> = { invalid_client: 401 }

/** Why an OAuth endpoint refuses. The message is for the client's developer; it holds nothing secret. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError'
  readonly code: OAuthErrorCode

  constructor(code: OAuthErrorCode, message: string) {
    super(message)
    this.code = code
  }

  get status(): number {
    return statuses[this.code] ?? 400
  }

  get headers(): Readonly<Record<string, string>> {
    if (this.code !== 'invalid_client') return {}
    return { 'www-authenticate': 'Basic realm="OAuth clients", charset="UTF-8"' }
  }

  get body(): string {
    return JSON.stringify({ error: this.code, error_description: this.message })
  }
}
