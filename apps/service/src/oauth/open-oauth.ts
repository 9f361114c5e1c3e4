import type { Cloakroom } from 'cloakroom'
import {
  type AccessTokenVerifier,
  issueAccessTokens,
  tellEndedSessions,
  verifyAccessTokens,
} from 'cloakroom/access-tokens'
import { clientSessions } from 'cloakroom/client-sessions'
import type { Throttle } from '../accounts/throttle.ts'
import type { Log } from '../log.ts'
import type { ServiceUser, SessionData } from '../service.ts'
import { clientAuthentication } from './authenticate-client.ts'
import type { Clients } from './clients.ts'
import type { Grants } from './grants.ts'
import type { KeyEncryptionKeys } from './key-encryption-key.ts'
import type { OAuth } from './oauth.ts'

interface Parts {
  /** As `cloakroom` made it. */
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  /** Whether resource services can be told which sessions have ended. */
  readonly tellsEnded: boolean
  readonly origin: string
  readonly audiences: Grants
  readonly keyEncryptionKeys: KeyEncryptionKeys
  readonly clients: Clients
  readonly throttle: Throttle
  readonly log: Log
  readonly onError: (error: unknown) => void
  readonly clock: () => number
}

export interface OpenOAuth {
  readonly oauth: OAuth
  close(): Promise<void>
}

/** Puts the OAuth half of the service together. */
export async function openOAuth(parts: Parts): Promise<OpenOAuth> {
  const { auth, origin, audiences, clients, throttle, log, onError, clock } = parts
  const named = Object.entries(audiences).map(([name, scopes]) => [name, { scopes }] as const)
  const issuer = await issueAccessTokens({
    auth,
    issuer: origin,
    audiences: Object.fromEntries(named),
    keyEncryptionKey: parts.keyEncryptionKeys,
    onError,
  })
  const verifiers = new Map<string, AccessTokenVerifier<string>>()

  function verifierFor(audience: string): AccessTokenVerifier<string> {
    const known = verifiers.get(audience)
    if (known !== undefined) return known
    const verifier = verifyAccessTokens({
      issuer: origin,
      audience,
      jwks: () => issuer.jwks(),
      userIdType: 'uuid',
      clockToleranceSeconds: 0,
      clock,
    })
    verifiers.set(audience, verifier)
    return verifier
  }

  const endedSessions = parts.tellsEnded ? tellEndedSessions({ auth, onError }) : undefined
  const oauth: OAuth = Object.freeze({
    issuer,
    audiences,
    clients,
    sessions: clientSessions(auth),
    authenticateClient: clientAuthentication({ clients, throttle, log }),
    endedSessions,
    verifierFor,
  })
  return {
    oauth,
    async close() {
      await endedSessions?.close()
      await issuer.close()
    },
  }
}
