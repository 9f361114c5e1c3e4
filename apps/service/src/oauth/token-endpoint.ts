import type { Endpoint } from '../api/endpoint.ts'
import type { Client } from './clients.ts'
import { commonGrants, type Grants } from './grants.ts'
import {
  type OAuthAnswer,
  type OAuthParts,
  type OAuthRequest,
  oauthEndpoint,
} from './oauth-endpoint.ts'
import { OAuthError } from './oauth-error.ts'
import { type Form, required } from './read-form.ts'

/**
 * The extension grant (RFC 6749 §4.5) of a page of this origin: the session cookie of the request
 * itself is the grant. Nothing is rotated, and there is no refresh token.
 */
export const sessionGrantType = 'urn:cloakroom:grant-type:session'

/** `POST /oauth/token`: RFC 6749 §6 and RFC 8707. */
export function tokenEndpoint(parts: OAuthParts): Endpoint {
  const grants: Readonly<Record<string, (request: OAuthRequest) => Promise<OAuthAnswer>>> = {
    refresh_token: refreshTokenGrant(parts),
    [sessionGrantType]: sessionGrant(parts),
  }
  return oauthEndpoint(parts, (request) => {
    const type = required(request.form, 'grant_type')
    const grant = Object.hasOwn(grants, type) ? grants[type] : undefined
    if (grant !== undefined) return grant(request)
    const known = Object.keys(grants).join(' and ')
    throw new OAuthError('unsupported_grant_type', `The grant types are ${known}.`)
  })
}

/** A client's refresh token for an access token, and for the next refresh token. */
function refreshTokenGrant({ oauth, log }: OAuthParts) {
  const { issuer, sessions } = oauth
  return async ({ head, form }: OAuthRequest): Promise<OAuthAnswer> => {
    const client = await oauth.authenticateClient(head, form.get('client_id'))
    const refreshToken = required(form, 'refresh_token')
    const target = targetOf(offeredTo(client, oauth.audiences), form)
    // Before the token is replaced: there is no use in that while nothing can be signed.
    await issuer.jwks()
    const refreshed = await sessions.refresh(refreshToken, client.id)
    const who = { clientId: client.id, ip: head.ip }
    if (refreshed.status !== 'refreshed') {
      if (refreshed.status === 'reused') {
        const { sessionId, userId } = refreshed
        log('authn_token_reuse', { level: 'WARN', ...who, sessionId, userId })
      } else {
        const { reason } = refreshed
        log('session_use_after_expire', { level: 'WARN', reason, ...who })
      }
      throw new OAuthError('invalid_grant', 'The refresh token is not valid, or not any more.')
    }
    const { session, user, token } = refreshed
    const minted = await issuer.mint({ session, user }, { ...target, clientId: client.id })
    log('authn_token_created', { ...who, userId: user.id, sessionId: session.id })
    return { ...tokenAnswer(minted), refresh_token: token }
  }
}

/** The session cookie of a page of ours for an access token. */
function sessionGrant({ service, oauth, log }: OAuthParts) {
  const { issuer, audiences } = oauth
  return async ({ head, form }: OAuthRequest): Promise<OAuthAnswer> => {
    if (head.authorization !== undefined || form.has('client_id')) {
      throw new OAuthError('invalid_request', 'This grant is for pages, which are no clients.')
    }
    const verdict = await service.auth.http.authenticate(head, { transports: ['cookie'] })
    if (verdict.status === 'refused') {
      throw new OAuthError('invalid_request', 'Only a page of this origin can ask for this.')
    }
    if (verdict.status !== 'authenticated') {
      throw new OAuthError('invalid_grant', 'Nobody is signed in.')
    }
    const { session, user } = verdict
    const minted = await issuer.mint({ session, user }, targetOf(audiences, form))
    log('authn_token_created', { userId: user.id, sessionId: session.id, ip: head.ip })
    return tokenAnswer(minted)
  }
}

function tokenAnswer(minted: {
  readonly token: string
  readonly expiresInSeconds: number
  readonly scope: string
}): Readonly<Record<string, unknown>> {
  return {
    access_token: minted.token,
    token_type: 'Bearer',
    expires_in: minted.expiresInSeconds,
    ...(minted.scope !== '' && { scope: minted.scope }),
  }
}

function offeredTo(client: Client, audiences: Grants): Grants {
  const offered = commonGrants(client.grants, audiences)
  if (Object.keys(offered).length > 0) return offered
  throw new OAuthError(
    'unauthorized_client',
    'There is no audience that this client gets tokens for.',
  )
}

/**
 * The audience and the scopes that are asked for. By default the only audience, if there is only
 * one, and all of its scopes that are offered.
 */
function targetOf(offered: Grants, form: Form): { audience: string; scope: string } {
  const [only, ...more] = Object.keys(offered)
  const audience = form.get('resource') ?? (more.length === 0 ? only : undefined)
  if (audience === undefined) {
    throw new OAuthError('invalid_target', 'There are several audiences: name one by resource.')
  }
  const scopes = Object.hasOwn(offered, audience) ? offered[audience] : undefined
  if (scopes === undefined) {
    throw new OAuthError('invalid_target', 'There are no tokens for this audience.')
  }
  const scope = form.get('scope')
  if (scope === undefined) return { audience, scope: scopes.join(' ') }
  if (scope.split(' ').every((each) => scopes.includes(each))) return { audience, scope }
  throw new OAuthError('invalid_scope', 'A scope is asked for that is not offered.')
}
