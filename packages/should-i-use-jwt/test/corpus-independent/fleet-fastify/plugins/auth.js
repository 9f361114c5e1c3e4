import fp from 'fastify-plugin'
import jwt from '@fastify/jwt'

export const revokedKey = (jti) => `revoked:${jti}`

export default fp(async (fastify) => {
  await fastify.register(jwt, {
    secret: process.env.FLEET_JWT_SECRET,
    sign: { algorithm: 'HS512', expiresIn: '12h', iss: 'fleet-tracker', aud: 'fleet-drivers' },
    verify: { algorithms: ['HS512'], allowedIss: 'fleet-tracker', allowedAud: 'fleet-drivers' },
    trusted: async (request, decoded) => (await fastify.redis.exists(revokedKey(decoded.jti))) === 0
  })

  fastify.decorate('authenticate', async (request, reply) => {
    try {
      await request.jwtVerify()
    } catch (err) {
      return reply.send(err)
    }
  })
}, { name: 'auth', dependencies: ['redis'] })
