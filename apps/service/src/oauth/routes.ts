import type { Endpoint } from '../api/endpoint.ts'
import { endedSessionsEndpoint } from './ended-sessions-endpoint.ts'
import { introspectionEndpoint } from './introspection-endpoint.ts'
import { keysEndpoint, metadataEndpoint, oauthPaths } from './metadata.ts'
import type { OAuthParts } from './oauth-endpoint.ts'
import { revocationEndpoint } from './revocation-endpoint.ts'
import { tokenEndpoint } from './token-endpoint.ts'

type Routes = Readonly<Record<string, Readonly<Partial<Record<'GET' | 'POST', Endpoint>>>>>

/** The OAuth endpoints, by their addresses. */
export function oauthRoutes(parts: OAuthParts): Routes {
  const { endedSessions } = parts.oauth
  return {
    [oauthPaths.token]: { POST: tokenEndpoint(parts) },
    [oauthPaths.introspection]: { POST: introspectionEndpoint(parts) },
    [oauthPaths.revocation]: { POST: revocationEndpoint(parts) },
    ...(endedSessions && {
      [oauthPaths.endedSessions]: { GET: endedSessionsEndpoint(parts, endedSessions) },
    }),
    [oauthPaths.metadata]: { GET: metadataEndpoint(parts.oauth) },
    [oauthPaths.keys]: { GET: keysEndpoint(parts.oauth) },
  }
}
