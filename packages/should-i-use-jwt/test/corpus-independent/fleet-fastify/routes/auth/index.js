import { randomUUID } from 'node:crypto'
import bcrypt from 'bcrypt'
import { revokedKey } from '../../plugins/auth.js'

const loginSchema = {
  body: {
    type: 'object',
    required: ['badge', 'pin'],
    properties: { badge: { type: 'string' }, pin: { type: 'string' } }
  }
}

export default async function (fastify) {
  fastify.post('/login', { schema: loginSchema }, async (request, reply) => {
    const { badge, pin } = request.body
    const driver = await fastify.knex('drivers').where({ badge }).first()
    if (!driver || !(await bcrypt.compare(pin, driver.pin_hash))) {
      return reply.code(401).send({ message: 'Wrong badge or PIN' })
    }
    const token = await reply.jwtSign({ sub: String(driver.id), jti: randomUUID(), depot: driver.depot_id })
    return { token }
  })

  fastify.post('/logout', { onRequest: [fastify.authenticate] }, async (request, reply) => {
    const { jti, exp } = request.user
    await fastify.redis.set(revokedKey(jti), '1', 'EXAT', exp)
    return reply.code(204).send()
  })
}
