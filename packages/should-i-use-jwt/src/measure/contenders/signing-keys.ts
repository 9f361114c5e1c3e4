import { generateKeyPairSync, type KeyPairKeyObjectResult, randomBytes } from 'node:crypto'

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

export function makeSigningKeys(): SigningKeys {
  return {
    HS256: randomBytes(32).toString('hex'),
    ES256: toPem(generateKeyPairSync('ec', { namedCurve: 'P-256' })),
    EdDSA: toPem(generateKeyPairSync('ed25519')),
  }
}

function toPem({ publicKey, privateKey }: KeyPairKeyObjectResult): KeyPair {
  return {
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  }
}
