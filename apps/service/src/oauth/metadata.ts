import type { Endpoint } from '../api/endpoint.ts'
import type { OAuth } from './oauth.ts'
import { sessionGrantType } from './token-endpoint.ts'

/** Where each endpoint is. */
export const oauthPaths = {
  token: '/oauth/token',
  introspection: '/oauth/introspect',
  revocation: '/oauth/revoke',
  metadata: '/.well-known/oauth-authorization-server',
  endedSessions: '/oauth/ended-sessions',
  keys: '/.well-known/jwks.json',
} as const

/** `GET /.well-known/oauth-authorization-server` (RFC 8414): what there is, and nothing else. */
export function metadataEndpoint({ issuer, audiences, endedSessions }: OAuth): Endpoint {
  const at = (path: string) => new URL(path, issuer.metadata.issuer).href
  const scopes = new Set(Object.values(audiences).flat())
  const document = {
    issuer: issuer.metadata.issuer,
    token_endpoint: at(oauthPaths.token),
    introspection_endpoint: at(oauthPaths.introspection),
    revocation_endpoint: at(oauthPaths.revocation),
    // Ours alone: no RFC has it.
    ...(endedSessions && { ended_sessions_endpoint: at(oauthPaths.endedSessions) }),
    jwks_uri: at(oauthPaths.keys),
    grant_types_supported: ['refresh_token', sessionGrantType],
    // Required, and empty: there is no authorization endpoint.
    response_types_supported: [],
    // RFC 8414 §3.2: nothing at all, where there is none.
    ...(scopes.size > 0 && { scopes_supported: [...scopes] }),
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
    revocation_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
    introspection_endpoint_auth_methods_supported: ['client_secret_basic'],
  }
  return async (context) => context.json(document, 200, { 'cache-control': 'public, max-age=3600' })
}

/** `GET /.well-known/jwks.json` (RFC 7517): the public keys. */
export function keysEndpoint({ issuer }: OAuth): Endpoint {
  const cacheControl = `public, max-age=${issuer.metadata.keySetMaxAgeSeconds}`
  return async (context) =>
    context.body(JSON.stringify(await issuer.jwks()), 200, {
      'content-type': 'application/jwk-set+json',
      'cache-control': cacheControl,
    })
}
