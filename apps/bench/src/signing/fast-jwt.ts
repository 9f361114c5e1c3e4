import { generateKeyPairSync } from 'node:crypto'
import { createSigner } from 'fast-jwt'
import type { Target } from '../targets/target.ts'
import { type } from '../workload/signed-tokens.ts'
import { type SessionClaims, subjectOf, tokenClaims } from './claims.ts'

/** The signer of fast-jwt, which signs without leaving the thread. */
export function fastJwtMint(claims: readonly SessionClaims[]): Target<SessionClaims, string> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const sign = createSigner({
    algorithm: 'ES256',
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    kid: 'the-only-one',
    header: { alg: 'ES256', typ: type },
  })
  return {
    name: 'fast-jwt',
    note: 'createSigner(): the same claims, the key in memory',
    credentials: claims,
    wrong: {},
    authenticate: (each) => sign({ ...tokenClaims(each) }),
    userOf: subjectOf,
    close() {},
  }
}
