import { importJWK, SignJWT, type JWK } from 'jose'

const privateJwk = JSON.parse(process.env.IDENTITY_JWK!) as JWK
const key = await importJWK(privateJwk, 'EdDSA')

const { d: _secretPart, ...publicJwk } = privateJwk
export const jwks = { keys: [{ ...publicJwk, alg: 'EdDSA', use: 'sig' }] }

export const signAccess = (sub: string, layers: string[]) =>
  new SignJWT({ layers })
    .setProtectedHeader({ alg: 'EdDSA', kid: privateJwk.kid })
    .setSubject(sub)
    .setIssuer(process.env.PUBLIC_URL!)
    .setAudience('tiles')
    .setIssuedAt()
    .setExpirationTime('3 minutes')
    .sign(key)
