import { randomUUID } from 'node:crypto'
import { decodeJwt, importPKCS8, importSPKI, jwtVerify, SignJWT } from 'jose'
import { type Contender, type OpenContender, ownerOf } from './contender.ts'
import { opaqueInDatabase } from './opaque-sessions.ts'
import { makeSigningKeys } from './signing-keys.ts'

/** As long as an access token may live. */
const seconds = 300

const issuer = 'https://auth.example.com'
const audience = 'https://api.example.com'
const typ = 'at+jwt'

/**
 * A JWT of five minutes (RFC 9068), renewed with an opaque token that is looked up. The one design of
 * these in which a service needs no database of users.
 */
export const accessToken: OpenContender = async (surroundings) => {
  const { keys, sessions, users } = surroundings
  const refreshing = await opaqueInDatabase(surroundings)
  const publicKey = await importSPKI(keys.ES256.publicKey, 'ES256')
  const privateKey = await importPKCS8(keys.ES256.privateKey, 'ES256')
  const foreignKey = await importPKCS8(makeSigningKeys().ES256.privateKey, 'ES256')

  const options = {
    algorithms: ['ES256'],
    issuer,
    audience,
    typ,
    requiredClaims: ['sub', 'exp', 'iat', 'jti', 'client_id'],
    // No token is to expire while it is measured.
    currentDate: new Date(),
  }

  function sign(user: number, { key = privateKey, now = Math.floor(Date.now() / 1000) } = {}) {
    return new SignJWT({ client_id: 'web' })
      .setProtectedHeader({ alg: 'ES256', typ })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(String(user))
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(key)
  }

  const authenticated: string[] = []
  for (let session = 0; session < sessions; session += 1) {
    authenticated.push(await sign(ownerOf(session, users)))
  }
  return {
    tokens: {
      authenticated,
      missing: [''],
      junk: [`cloak_${'A'.repeat(70)}`, 'eyJhbGciOiJub25lIn0.e30.', 'null'],
      expired: [await sign(1, { now: Math.floor(Date.now() / 1000) - 100 * 86_400 })],
      unknown: [await sign(1, { key: foreignKey })],
      refresh: refreshing.tokens.authenticated as readonly string[],
    },
    async authenticate(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, options)
        return Number(payload.sub)
      } catch {
        return undefined
      }
    },
    async refresh(token) {
      const user = await refreshing.authenticate(token)
      return user === undefined ? undefined : sign(user)
    },
    logOut: async (token) => (decodeJwt(token).exp ?? 0) - Date.now() / 1000,
    close: () => refreshing.close(),
  } satisfies Contender
}
