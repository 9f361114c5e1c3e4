import { createMiddleware } from 'hono/factory'
import { createRemoteJWKSet, jwtVerify } from 'jose'

const identity = process.env.IDENTITY_URL ?? 'http://localhost:8787'
const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', identity))

export const bearer = createMiddleware<{ Variables: { layers: string[] } }>(async (c, next) => {
  const token = c.req.header('Authorization')?.slice('Bearer '.length)
  if (!token) return c.text('unauthorized', 401)
  try {
    const { payload } = await jwtVerify<{ layers: string[] }>(token, keys, {
      issuer: identity,
      audience: 'tiles',
      algorithms: ['EdDSA'],
    })
    c.set('layers', payload.layers)
  } catch {
    return c.text('unauthorized', 401)
  }
  await next()
})
