import Fastify from 'fastify'
import bearerAuth from '@fastify/bearer-auth'
import mongodb from '@fastify/mongodb'
import { appendRows } from './google/sheets.js'

const app = Fastify({ logger: true })

await app.register(mongodb, { url: process.env.MONGO_URL })
// static API keys of our own back-office tools
await app.register(bearerAuth, { keys: new Set(process.env.API_KEYS.split(',')) })

app.post('/export/:sheetId', async (request, reply) => {
  const orders = await app.mongo.db
    .collection('orders')
    .find({ paidAt: { $gte: new Date(request.body.since) } })
    .toArray()
  await appendRows(
    request.params.sheetId,
    orders.map((o) => [o.number, o.paidAt.toISOString(), o.totalCents / 100])
  )
  return reply.code(202).send({ exported: orders.length })
})

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' })
