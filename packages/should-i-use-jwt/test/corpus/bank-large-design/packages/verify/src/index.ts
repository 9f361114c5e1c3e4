import { createRemoteJWKSet, jwtVerify } from 'jose'

const keys = createRemoteJWKSet(new URL('https://auth.bank.example/jwks.json'))

export async function verifyRequest(authorization: string | undefined) {
  const token = authorization?.match(/^Bearer (.+)$/)?.[1]
  if (token === undefined) return undefined
  const { payload } = await jwtVerify(token, keys, {
    algorithms: ['ES256'],
    issuer: 'https://auth.bank.example',
    audience: 'https://api.bank.example',
  })
  return payload
}
