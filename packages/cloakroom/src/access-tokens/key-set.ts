import { createPublicKey, type KeyObject } from 'node:crypto'
import { compactVerify } from 'jose'
import type { AccessTokenAlgorithm } from './access-token.ts'
import type { PublicJwk } from './signing-keys.ts'

/** Public keys by their `kid`. */
export type KeySet = ReadonlyMap<string, VerifyingKey>

export interface VerifyingKey {
  readonly algorithm: AccessTokenAlgorithm
  readonly publicKey: KeyObject
}

const curves = {
  ES256: { kty: 'EC', crv: 'P-256' },
  EdDSA: { kty: 'OKP', crv: 'Ed25519' },
} as const

/** Parameters that only private and symmetric keys have (RFC 7518 §6). */
const privateParameters = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const mostKeys = 100

/**
 * The keys of a JWK set (RFC 7517 §5) that verify tokens. Keys for something else are passed over. A
 * set that shows a private key, or gives two keys the same id, is not believed at all.
 * @throws {TypeError} saying what is wrong
 */
export function readKeySet(set: unknown): KeySet {
  const listed = (set as { keys?: unknown } | null | undefined)?.keys
  if (!Array.isArray(listed)) throw new TypeError('A JWK set is an object with an array of keys')
  if (listed.length > mostKeys) throw new TypeError(`A JWK set has at most ${mostKeys} keys`)
  const keys = new Map<string, VerifyingKey>()
  const ids = new Set<string>()
  for (const jwk of listed as unknown[]) {
    if (typeof jwk !== 'object' || jwk === null) throw new TypeError('A JWK is an object')
    if (privateParameters.some((name) => Object.hasOwn(jwk, name))) {
      throw new TypeError('The JWK set shows a private or symmetric key. Withdraw that key')
    }
    const { kid } = jwk as { kid?: unknown }
    if (typeof kid !== 'string') continue
    if (ids.size === ids.add(kid).size) throw new TypeError('Two keys have the same kid')
    const algorithm = algorithmOf(jwk)
    if (algorithm !== undefined) keys.set(kid, { algorithm, publicKey: importKey(jwk, algorithm) })
  }
  if (keys.size === 0) throw new TypeError('The JWK set has no key that verifies access tokens')
  return keys
}

/** The only algorithm that the key may be used with; `undefined`: it is for something else. */
function algorithmOf(jwk: object): AccessTokenAlgorithm | undefined {
  const { kty, crv, alg, use, key_ops: operations } = jwk as Readonly<Record<string, unknown>>
  if (use !== undefined && use !== 'sig') return undefined
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) {
    return undefined
  }
  const algorithms = Object.keys(curves) as AccessTokenAlgorithm[]
  return algorithms.find(
    (name) =>
      curves[name].kty === kty && curves[name].crv === crv && (alg === undefined || alg === name),
  )
}

function importKey(jwk: object, algorithm: AccessTokenAlgorithm): KeyObject {
  const { kty, crv, x, y } = jwk as PublicJwk
  // Only what makes the key: its other parameters were judged above.
  const key = { kty, crv, x, ...(algorithm === 'ES256' && { y }) }
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch (cause) {
    throw new TypeError('The JWK set has a key that is no point of its curve', { cause })
  }
}

/** Whether the key has signed the token, with the key's own algorithm. */
export async function isSignedBy(
  token: string,
  { publicKey, algorithm }: VerifyingKey,
): Promise<boolean> {
  try {
    await compactVerify(token, publicKey, { algorithms: [algorithm] })
    return true
  } catch {
    return false
  }
}
