import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { jwt } from 'better-auth/plugins'
import type { Target } from '../targets/target.ts'
import { betterAuthOptions } from '../workload/better-auth-database.ts'
import { audience, issuer } from '../workload/signed-tokens.ts'
import { type SessionClaims, subjectOf, tokenClaims, withSignatureOf } from './claims.ts'

interface BetterAuthSigner {
  readonly mint: Target<SessionClaims, string>
  /** Verifies what `mint` has made. */
  verify(tokens: readonly string[]): Target<string, { payload: { sub?: string } | null }>
}

/**
 * The JWT plugin of Better Auth with ES256; everything else is its default. Its keys are in its
 * database, here SQLite in memory.
 */
export async function openBetterAuthSigner(
  claims: readonly SessionClaims[],
): Promise<BetterAuthSigner> {
  const database = new DatabaseSync(':memory:')
  const options = {
    ...betterAuthOptions(database, randomBytes(32).toString('base64'), false),
    plugins: [jwt({ jwks: { keyPairConfig: { alg: 'ES256' } }, jwt: { issuer, audience } })],
  }
  const { runMigrations } = await getMigrations(options)
  await runMigrations()
  const { api } = betterAuth(options)
  return {
    mint: {
      name: "Better Auth's JWT plugin",
      note: 'auth.api.signJWT(): the same claims; reads its keys from the database and decrypts one each time',
      credentials: claims,
      wrong: {},
      async authenticate(each) {
        const payload = { ...tokenClaims(each), amr: [...each.amr] }
        const { token } = await api.signJWT({ body: { payload } })
        return token
      },
      userOf: subjectOf,
      close: () => database.close(),
    },
    verify: (tokens) => ({
      name: "Better Auth's JWT plugin",
      note: 'auth.api.verifyJWT(): reads its keys from the database each time, checks signature, issuer, audience, times',
      credentials: tokens,
      wrong: { 'the signature of another token': withSignatureOf(tokens[0], tokens[1]) },
      authenticate: (token) => api.verifyJWT({ body: { token } }),
      userOf: ({ payload }) => (payload?.sub === undefined ? undefined : Number(payload.sub)),
      close() {},
    }),
  }
}
