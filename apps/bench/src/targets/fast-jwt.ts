import { createVerifier, TokenError } from 'fast-jwt'
import { inTurns } from '../workload/in-turns.ts'
import {
  audience,
  issuer,
  requiredClaims,
  type SignedTokens,
  type,
} from '../workload/signed-tokens.ts'
import type { Target } from './target.ts'

interface FastJwtOptions {
  /**
   * - `off`: its default.
   * - `default`: `cache: true`, which holds 1,000 tokens.
   * - `everything`: as large as there are tokens, and filled before anything is measured.
   */
  readonly cache: 'off' | 'default' | 'everything'
}

/** The verifier of fast-jwt. A token in its cache is hashed and looked up, its signature not checked. */
export async function fastJwt(
  { algorithm, key, tokens, wrongTokens }: SignedTokens,
  { cache }: FastJwtOptions,
): Promise<Target<string, { sub: string }>> {
  const verify = createVerifier({
    key: key instanceof Uint8Array ? key : key.export({ type: 'spki', format: 'pem' }),
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: type,
    requiredClaims,
    cache: { off: false, default: true, everything: tokens.length }[cache],
    // An hour instead of ten minutes, so that no entry runs out while it is measured.
    cacheTTL: 3_600_000,
  })
  if (cache === 'everything') for await (const token of inTurns(tokens)) verify(token)
  const remark = { off: '', default: ', cache: true', everything: ', every token cached' }[cache]
  return {
    name: `fast-jwt ${algorithm}${remark}`,
    note: {
      off: 'createVerifier(), its cache off as by default: the same checks as jose, without leaving the thread',
      default: 'its cache of 1,000 tokens, which random access hardly ever hits',
      everything: 'its cache at its best: as large as there are tokens, and full',
    }[cache],
    credentials: tokens,
    wrong: wrongTokens,
    authenticate: (token) => verify(token),
    userOf: ({ sub }) => Number(sub),
    isRefusal: (error) => error instanceof TokenError,
    close() {},
  }
}
