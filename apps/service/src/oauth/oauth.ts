import type { AccessTokenIssuer, AccessTokenVerifier, EndedSessions } from 'cloakroom/access-tokens'
import type { ClientSessions } from 'cloakroom/client-sessions'
import type { ServiceUser, SessionData } from '../service.ts'
import type { AuthenticateClient } from './authenticate-client.ts'
import type { Clients } from './clients.ts'
import type { Grants } from './grants.ts'

/** What the OAuth endpoints are made of. There only where the service is told of audiences. */
export interface OAuth {
  readonly issuer: AccessTokenIssuer<ServiceUser>
  /** What tokens can be asked for at all. */
  readonly audiences: Grants
  readonly clients: Clients
  readonly sessions: ClientSessions<ServiceUser, SessionData, SessionData>
  readonly authenticateClient: AuthenticateClient
  /** `undefined`: the session store has no feed that would tell of them. */
  readonly endedSessions: EndedSessions | undefined
  /** Verifies the service's own access tokens for one audience. */
  verifierFor(audience: string): AccessTokenVerifier<string>
}
