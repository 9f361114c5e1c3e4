import type { Endpoint } from '../api/endpoint.ts'
import { type OAuthParts, oauthEndpoint } from './oauth-endpoint.ts'
import { OAuthError } from './oauth-error.ts'
import { required } from './read-form.ts'

/**
 * `POST /oauth/revoke` (RFC 7009): ends the session of a client's own refresh token. A token that is
 * unknown, over or another client's gets the same answer, and nothing happens to it.
 */
export function revocationEndpoint(parts: OAuthParts): Endpoint {
  const { oauth, log } = parts
  return oauthEndpoint(parts, async ({ head, form }) => {
    const client = await oauth.authenticateClient(head, form.get('client_id'))
    const token = required(form, 'token')
    if (isJwt(token)) {
      throw new OAuthError(
        'unsupported_token_type',
        'An access token ends by itself within minutes. Revoke the refresh token: that ends the session.',
      )
    }
    for (const sessionId of await oauth.sessions.revoke(token, client.id)) {
      log('authn_token_revoked', { clientId: client.id, sessionId, ip: head.ip })
    }
    return undefined
  })
}

// A refresh token has no dots, and what else has is nothing that could be revoked here.
function isJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)
}
