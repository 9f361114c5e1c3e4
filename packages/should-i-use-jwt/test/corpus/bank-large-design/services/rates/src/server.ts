import Fastify from 'fastify'
import { verifyRequest } from '@bank/verify'

const app = Fastify()

app.addHook('onRequest', async (request, reply) => {
  const claims = await verifyRequest(request.headers.authorization).catch(() => undefined)
  if (claims === undefined) return reply.code(401).send()
})

app.get('/rates', async () => ({ EUR: 1, CHF: 0.94 }))
app.get('/convert', async (request) => {
  const { amount } = request.query as { amount: string }
  return { amount: Number(amount) * 0.94 }
})

app.listen({ port: 3002 })
