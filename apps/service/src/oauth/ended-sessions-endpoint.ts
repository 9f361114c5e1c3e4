import { type EndedSessions, eventStreamHeaders } from 'cloakroom/access-tokens'
import type { Endpoint } from '../api/endpoint.ts'
import { type OAuthParts, sendError } from './oauth-endpoint.ts'
import { OAuthError } from './oauth-error.ts'

/**
 * `GET /oauth/ended-sessions`: a stream of the sessions that end, for the verifiers of services that
 * tokens are for. It names the ids of sessions and users, so only they may listen.
 */
export function endedSessionsEndpoint(
  { oauth, headOf }: OAuthParts,
  endedSessions: EndedSessions,
): Endpoint {
  return async (context) => {
    try {
      const client = await oauth.authenticateClient(headOf(context), undefined)
      if (client.serves === null) {
        throw new OAuthError('unauthorized_client', 'This is for clients that serve an audience.')
      }
    } catch (error) {
      return sendError(context, error)
    }
    return context.body(endedSessions.open(), 200, { ...eventStreamHeaders })
  }
}
