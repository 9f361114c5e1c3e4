import { generateKeyPairSync, randomBytes } from 'node:crypto'

/** Of one run: all its processes accept what any of them has signed. */
export interface SigningKeys {
  readonly HS256: string
  readonly ES256: KeyPair
  readonly EdDSA: KeyPair
}

/** PEM. */
export interface KeyPair {
  readonly publicKey: string
  readonly privateKey: string
}

const encoding = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
} as const

export function makeSigningKeys(): SigningKeys {
  return {
    HS256: randomBytes(32).toString('hex'),
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256', ...encoding }),
    EdDSA: generateKeyPairSync('ed25519', encoding),
  }
}
