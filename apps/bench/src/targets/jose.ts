import { type CryptoKey, errors, importSPKI, type JWTVerifyResult, jwtVerify } from 'jose'
import {
  audience,
  issuer,
  requiredClaims,
  type SignedTokens,
  type,
} from '../workload/signed-tokens.ts'
import type { Target } from './target.ts'

/** `jwtVerify` of jose, as its documentation has it: key imported once, every claim checked. */
export async function jose(
  { algorithm, key, tokens, wrongTokens }: SignedTokens,
  { concurrency = 1 }: { readonly concurrency?: number } = {},
): Promise<Target<string, JWTVerifyResult>> {
  const imported = await importKey(algorithm, key)
  const options = { algorithms: [algorithm], issuer, audience, typ: type, requiredClaims }
  return {
    name: `jose ${algorithm}${concurrency === 1 ? '' : `, ${concurrency} at once`}`,
    note: 'jwtVerify(): signature, issuer, audience, type, times and required claims; no database, so nothing can be revoked',
    credentials: tokens,
    wrong: wrongTokens,
    concurrency,
    authenticate: (token) => jwtVerify(token, imported, options),
    userOf: ({ payload }) => Number(payload.sub),
    isRefusal: (error) => error instanceof errors.JOSEError,
    close() {},
  }
}

function importKey(
  algorithm: SignedTokens['algorithm'],
  key: SignedTokens['key'],
): Promise<CryptoKey> {
  if (key instanceof Uint8Array) {
    const hmac = { name: 'HMAC', hash: 'SHA-256' }
    return crypto.subtle.importKey('raw', new Uint8Array(key), hmac, false, ['verify'])
  }
  return importSPKI(key.export({ type: 'spki', format: 'pem' }).toString(), algorithm)
}
