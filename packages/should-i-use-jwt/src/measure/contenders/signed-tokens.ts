import { randomUUID } from 'node:crypto'
import { createSigner, createVerifier } from 'fast-jwt'
import { type Contender, type OpenContender, ownerOf, type Surroundings } from './contender.ts'
import { makeSigningKeys, type SigningKeys } from './signing-keys.ts'

export type Algorithm = keyof SigningKeys

export interface Claims {
  readonly sub: string
  readonly jti: string
  readonly exp: number
}

/** What is asked after the signature was found to be right. */
export interface Check {
  /** Whether the token is still good. */
  isGood(claims: Claims): Promise<boolean>
  /** Makes it bad, if it can; whether it could. */
  end(claims: Claims): Promise<boolean>
}

const allowedIss = 'https://auth.example.com'
const allowedAud = 'https://api.example.com'

/** A JWT, verified by fast-jwt, which is the quickest verifier that there is for Node. */
export function signedToken(
  algorithm: Algorithm,
  openCheck?: (surroundings: Surroundings) => Promise<Check>,
): OpenContender {
  return async (surroundings) => {
    const { keys } = surroundings
    const check = await openCheck?.(surroundings)
    const verify = createVerifier({
      key: verifyingKey(keys, algorithm),
      algorithms: [algorithm],
      allowedIss,
      allowedAud,
      requiredClaims: ['sub', 'exp', 'iat', 'jti'],
      // No token is to expire while it is measured.
      clockTimestamp: Date.now(),
    }) as (token: string) => Claims

    return {
      tokens: makeTokens(algorithm, surroundings),
      // Without a check there is nothing to wait for, and nothing waits.
      authenticate: check === undefined ? authenticate : authenticateChecked(check),
      async logOut(token) {
        const claims = verify(token)
        const hasEnded = (await check?.end(claims)) ?? false
        return hasEnded ? 0 : claims.exp - Date.now() / 1000
      },
      async close() {},
    } satisfies Contender

    function authenticate(token: string): number | undefined {
      const claims = read(token)
      return claims && Number(claims.sub)
    }

    function authenticateChecked({ isGood }: Check) {
      return async (token: string): Promise<number | undefined> => {
        const claims = read(token)
        return claims && (await isGood(claims)) ? Number(claims.sub) : undefined
      }
    }

    function read(token: string): Claims | undefined {
      try {
        return verify(token)
      } catch {
        return undefined
      }
    }
  }
}

function makeTokens(
  algorithm: Algorithm,
  { keys, sessions, users, jwtSeconds }: Surroundings,
): Contender['tokens'] {
  const sign = createIssuer(algorithm, keys, jwtSeconds)
  const other = makeSigningKeys()
  return {
    authenticated: Array.from({ length: sessions }, (_, session) => sign(ownerOf(session, users))),
    missing: [''],
    junk: [`cloak_${'A'.repeat(70)}`, 'eyJhbGciOiJub25lIn0.e30.', 'null'],
    expired: [createIssuer(algorithm, keys, jwtSeconds, Date.now() - 100 * 86_400_000)(1)],
    // The nearest that a signature has to a token that nobody has issued.
    unknown: [createIssuer(algorithm, other, jwtSeconds)(1)],
  }
}

/** Signs tokens for users, as of now or another time in milliseconds. */
function createIssuer(
  algorithm: Algorithm,
  keys: SigningKeys,
  seconds: number,
  time?: number,
): (user: number) => string {
  const sign = createSigner({
    key: algorithm === 'HS256' ? keys.HS256 : keys[algorithm].privateKey,
    algorithm,
    iss: allowedIss,
    aud: allowedAud,
  })
  return (user) => {
    const iat = Math.floor((time ?? Date.now()) / 1000)
    return sign({ sub: String(user), jti: randomUUID(), iat, exp: iat + seconds })
  }
}

function verifyingKey(keys: SigningKeys, algorithm: Algorithm): string {
  return algorithm === 'HS256' ? keys.HS256 : keys[algorithm].publicKey
}
