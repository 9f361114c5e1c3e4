import type { RequestHead } from 'cloakroom'
import type { Throttle } from '../accounts/throttle.ts'
import type { Log } from '../log.ts'
import type { Client, Clients } from './clients.ts'
import { OAuthError } from './oauth-error.ts'

/**
 * Says which client sends a request (RFC 6749 §2.3): a confidential one by its secret in HTTP Basic, a
 * public one by the id that it claims to have.
 * @throws {OAuthError} `invalid_client`, `invalid_request`
 * @throws {ServiceError} `throttled`, after too many wrong secrets
 */
export type AuthenticateClient = (
  head: RequestHead,
  claimedId: string | undefined,
) => Promise<Client>

interface Parts {
  readonly clients: Clients
  readonly throttle: Throttle
  readonly log: Log
}

export function clientAuthentication({ clients, throttle, log }: Parts): AuthenticateClient {
  /**
   * Counted when it was wrong, and not before: a secret is random, so no number of guesses finds it,
   * and nobody who guesses may keep the client itself waiting, or users who sign in from there.
   */
  async function refuse({ ip }: RequestHead): Promise<never> {
    const why = { level: 'WARN', action: 'client', ip } as const
    log('authn_login_fail', { ...why, reason: 'invalid_client' })
    await throttle.spend('wrong credentials of a client', ip).catch((error) => {
      log('excess_rate_limit_exceeded', why)
      throw error
    })
    throw new OAuthError('invalid_client', 'There is no such client, or that is not its secret.')
  }

  return async (head, claimedId) => {
    if (head.authorization === undefined) {
      if (claimedId === undefined) {
        throw new OAuthError('invalid_client', 'Who asks? Send client_id, or HTTP Basic.')
      }
      const client = await clients.find(claimedId)
      if (client === undefined) return refuse(head)
      if (!client.confidential) return client
      throw new OAuthError('invalid_client', 'This client has a secret: use HTTP Basic.')
    }
    const credentials = readBasic(head.authorization)
    if (credentials === undefined) return refuse(head)
    const { id, secret } = credentials
    if (claimedId !== undefined && claimedId !== id) {
      throw new OAuthError('invalid_request', 'client_id is not the client that authenticates.')
    }
    return (await clients.withSecret(id, secret)) ?? refuse(head)
  }
}

/** RFC 7617; both parts are form-encoded in it (RFC 6749 §2.3.1). */
function readBasic(authorization: string): { id: string; secret: string } | undefined {
  const [, encoded] = /^basic +([a-z0-9+/]+=*)$/i.exec(authorization) ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon === -1) return undefined
  try {
    return { id: decode(text.slice(0, colon)), secret: decode(text.slice(colon + 1)) }
  } catch {
    return undefined
  }
}

/** @throws {URIError} */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
