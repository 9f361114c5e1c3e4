import fastifyJwt from '@fastify/jwt'
import createFastify from 'fastify'
import { audience, issuer, requiredClaims, type } from '../../workload/signed-tokens.ts'
import type { ApplicationSettings } from '../settings.ts'
import { listen } from './listen.ts'
import { openOrders } from './orders.ts'

declare module '@fastify/jwt' {
  interface FastifyJWT {
    payload: { sub: string }
    user: { sub: string }
  }
}

/** Two routes on Fastify, behind `request.jwtVerify()` or open. Resolves with the port. */
export async function openFastify({
  authentication,
  orders,
}: ApplicationSettings): Promise<number> {
  const findOrders = openOrders(orders)
  const application = createFastify()
  const isOpen = authentication.by === 'nothing'
  if (authentication.by === 'fastify-jwt') {
    await application.register(fastifyJwt, {
      secret: authentication.secret,
      verify: {
        algorithms: ['HS256'],
        allowedIss: issuer,
        allowedAud: audience,
        checkTyp: type,
        requiredClaims,
      },
    })
    application.addHook('onRequest', async (request, reply) => {
      try {
        await request.jwtVerify()
      } catch {
        // Some of what it throws would be answered with 500.
        return reply.code(401).send({})
      }
    })
  } else if (!isOpen) {
    throw new Error(`There is no application on Fastify with ${authentication.by}`)
  }
  application.get('/', (request, reply) =>
    reply.send({ user: isOpen ? 1 : Number(request.user.sub) }),
  )
  application.get('/orders', (request) => findOrders(isOpen ? 1 : Number(request.user.sub)))
  await application.ready()
  return listen(application.routing)
}
