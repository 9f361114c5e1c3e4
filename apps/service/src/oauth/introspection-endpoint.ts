import type { Endpoint } from '../api/endpoint.ts'
import type { Client } from './clients.ts'
import { type OAuthAnswer, type OAuthParts, oauthEndpoint } from './oauth-endpoint.ts'
import { OAuthError } from './oauth-error.ts'
import { required } from './read-form.ts'

/**
 * `POST /oauth/introspect` (RFC 7662), for confidential clients: what an access token for the audience
 * that the client serves stands for at this moment, its session looked up; or a refresh token of its
 * own. Of everything else nothing is told.
 */
export function introspectionEndpoint(parts: OAuthParts): Endpoint {
  const { oauth } = parts
  return oauthEndpoint(parts, async ({ head, form }) => {
    const client = await oauth.authenticateClient(head, form.get('client_id'))
    if (!client.confidential) {
      throw new OAuthError('invalid_client', 'Introspection is for clients with a secret.')
    }
    const token = required(form, 'token')
    return (await accessToken(client, token)) ?? (await refreshToken(client, token)) ?? inactive
  })

  async function accessToken(client: Client, token: string): Promise<OAuthAnswer> {
    if (client.serves === null) return undefined
    const verified = await oauth.verifierFor(client.serves).verify(token)
    if (verified.status !== 'authenticated') return undefined
    const { claims, identity } = verified
    const live = await oauth.sessions.find(identity.id)
    if (live?.user.id !== identity.userId) return undefined
    return { active: true, token_type: 'Bearer', ...claims }
  }

  async function refreshToken(client: Client, token: string): Promise<OAuthAnswer> {
    const live = await oauth.sessions.introspect(token, client.id)
    if (live === undefined) return undefined
    const { session, user } = live
    return {
      active: true,
      client_id: client.id,
      sub: user.id,
      sid: session.id,
      iat: toSeconds(session.createdAt),
      exp: toSeconds(session.expiresAt),
    }
  }
}

const inactive = { active: false }

function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000)
}
