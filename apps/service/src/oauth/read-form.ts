import { OAuthError } from './oauth-error.ts'

/** Parameters of a request, of which each is there once, and none is empty. */
export type Form = ReadonlyMap<string, string>

/**
 * Parameters as RFC 6749 §3.2 wants them: form-encoded in the body, none twice, and empty ones as if
 * they were not there. In the address there are none: it is in logs and histories.
 * @throws {OAuthError} `invalid_request`
 */
export function readForm(request: Request, body: string): Form {
  if (new URL(request.url).search !== '') {
    throw new OAuthError('invalid_request', 'Parameters go in the body, not in the address.')
  }
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded') {
    throw new OAuthError(
      'invalid_request',
      'The content type must be application/x-www-form-urlencoded.',
    )
  }
  const parameters = [...new URLSearchParams(body)]
  const form = new Map(parameters)
  if (form.size < parameters.length) {
    throw new OAuthError('invalid_request', 'A parameter is there twice.')
  }
  return new Map([...form].filter(([, value]) => value !== ''))
}

/** @throws {OAuthError} `invalid_request` if it is not there */
export function required(form: Form, name: string): string {
  const value = form.get(name)
  if (value !== undefined) return value
  throw new OAuthError('invalid_request', `${name} is missing.`)
}
