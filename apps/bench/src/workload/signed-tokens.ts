import {
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomUUID,
  sign,
} from 'node:crypto'
import { asReceived } from './as-received.ts'
import { inTurns } from './in-turns.ts'
import type { Workload } from './workload.ts'

export type Algorithm = 'HS256' | 'ES256' | 'EdDSA'

/** A JWT for each session, in the shape of an access token (RFC 9068), and the key to verify it. */
export interface SignedTokens {
  readonly algorithm: Algorithm
  /** The shared secret, or the public key. */
  readonly key: Buffer | KeyObject
  readonly tokens: readonly string[]
  /** Tokens that must be refused, by what is wrong with them. */
  readonly wrongTokens: Readonly<Record<string, string>>
}

export const issuer = 'https://auth.example.com'
export const audience = 'https://api.example.com'
export const type = 'at+jwt'
export const requiredClaims = ['sub', 'exp', 'iat', 'jti', 'client_id']

// Longer than any such token should live, so that none expires while it is measured.
const lifetimeSeconds = 86_400

interface Signer {
  readonly key: Buffer | KeyObject
  sign(input: Buffer): Buffer
}

const makeSigner: Readonly<Record<Algorithm, () => Signer>> = {
  HS256() {
    const key = randomBytes(32)
    return { key, sign: (input) => createHmac('sha256', key).update(input).digest() }
  },
  ES256() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const format = { key: privateKey, dsaEncoding: 'ieee-p1363' } as const
    return { key: publicKey, sign: (input) => sign('sha256', input, format) }
  },
  EdDSA() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    return { key: publicKey, sign: (input) => sign(null, input, privateKey) }
  },
}

export async function makeSignedTokens(
  algorithm: Algorithm,
  { owners }: Workload,
): Promise<SignedTokens> {
  const signer = makeSigner[algorithm]()
  const otherSigner = makeSigner[algorithm]()
  const now = Math.floor(Date.now() / 1000)
  const header = { alg: algorithm, typ: type }
  const claims = (user: number) => ({
    iss: issuer,
    aud: audience,
    sub: String(user),
    client_id: 'web',
    iat: now,
    exp: now + lifetimeSeconds,
    jti: randomUUID(),
    sid: randomUUID(),
  })
  const tokens: string[] = []
  for await (const user of inTurns(owners)) tokens.push(compact(header, claims(user), signer))
  return {
    algorithm,
    key: signer.key,
    tokens,
    wrongTokens: {
      'the signature of another key': compact(header, claims(1), otherSigner),
      'another audience': compact(header, { ...claims(1), aud: 'https://other.example' }, signer),
      'another type': compact({ ...header, typ: 'JWT' }, claims(1), signer),
      'an expired token': compact(header, { ...claims(1), exp: now - 60 }, signer),
    },
  }
}

/** The compact serialization of RFC 7515. */
function compact(header: object, claims: object, signer: Signer): string {
  const input = `${encode(header)}.${encode(claims)}`
  return asReceived(`${input}.${signer.sign(Buffer.from(input)).toString('base64url')}`)
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
