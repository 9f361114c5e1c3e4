import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import type { AccessTokenAlgorithm, AccessTokenClaims, PublicJwk } from 'cloakroom/access-tokens'

/** Stands for an issuer that may sign whatever it likes. */
export interface Forger {
  readonly jwk: PublicJwk
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Signs parts of any kind. Objects are written as JSON. */
  sign(header: unknown, payload: unknown): string
}

export const issuer = 'https://auth.example'
export const audience = 'https://orders.example'
export const nowSeconds = 1_800_000_000

export function forger(kid: string, algorithm: AccessTokenAlgorithm = 'ES256'): Forger {
  const { privateKey, publicKey } =
    algorithm === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('ed25519')
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: algorithm, use: 'sig' }
  return {
    jwk: jwk as unknown as PublicJwk,
    privateKey,
    publicKey,
    sign(header, payload) {
      const signed = `${encode(header)}.${encode(payload)}`
      return `${signed}.${signatureOf(signed, privateKey, algorithm).toString('base64url')}`
    },
  }
}

function signatureOf(text: string, key: KeyObject, algorithm: AccessTokenAlgorithm): Buffer {
  return algorithm === 'EdDSA'
    ? sign(null, Buffer.from(text), key)
    : sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })
}

/** Text and bytes as they are, anything else as JSON; in base64url. */
export function encode(part: unknown): string {
  const bytes = part instanceof Uint8Array ? part : undefined
  const text = typeof part === 'string' ? part : JSON.stringify(part)
  return Buffer.from(bytes ?? Buffer.from(text)).toString('base64url')
}

export function goodHeader(kid: string): { alg: string; typ: string; kid: string } {
  return { alg: 'ES256', typ: 'at+jwt', kid }
}

export function goodClaims(): AccessTokenClaims {
  return {
    iss: issuer,
    aud: audience,
    sub: 'alice',
    client_id: 'first-party',
    iat: nowSeconds - 10,
    exp: nowSeconds + 290,
    jti: 'AAAAAAAAAAAAAAAAAAAAAA',
    sid: randomUUID(),
    auth_time: nowSeconds - 60,
    amr: ['pwd'],
  }
}
