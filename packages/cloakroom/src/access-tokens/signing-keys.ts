import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'
import type { AccessTokenAlgorithm } from './access-token.ts'
import type { KeyEncryption } from './key-encryption.ts'
import type { NewKey, RingKey } from './key-ring.ts'

/** A key of the ring, decrypted. */
export interface SigningKey {
  readonly id: string
  readonly algorithm: AccessTokenAlgorithm
  readonly privateKey: CryptoKey
  /** As it is published: RFC 7517, without anything private. */
  readonly publicJwk: PublicJwk
}

/** A public key as RFC 7517 writes it. */
export interface PublicJwk {
  readonly kty: string
  readonly crv: string
  readonly x: string
  readonly y?: string
  readonly kid: string
  readonly alg: AccessTokenAlgorithm
  readonly use: 'sig'
}

export async function makeKey(
  algorithm: AccessTokenAlgorithm,
  encryption: KeyEncryption,
): Promise<NewKey> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const id = await calculateJwkThumbprint(jwk)
  return { id, sealed: encryption.seal(id, JSON.stringify({ ...jwk, alg: algorithm })) }
}

/**
 * Decrypts a key. What is published of it follows from the decrypted private key, never from the
 * database: who can only write there cannot have a key of their own published.
 * @throws {CloakroomError} `wrong_key_encryption_key`
 */
export async function openKey(
  { id, sealed }: Pick<RingKey, 'id' | 'sealed'>,
  encryption: KeyEncryption,
): Promise<SigningKey> {
  const jwk = JSON.parse(encryption.open(id, sealed)) as JWK & Omit<PublicJwk, 'kid' | 'use'>
  const { kty, crv, x, y, alg } = jwk
  return {
    id,
    algorithm: alg,
    privateKey: (await importJWK(jwk, alg)) as CryptoKey,
    publicJwk: { kty, crv, x, ...(y !== undefined && { y }), kid: id, alg, use: 'sig' },
  }
}
