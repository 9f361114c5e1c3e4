import Fastify from 'fastify'
import { database, plants, redis } from './stores.mjs'
import { makeToken, readToken } from './tokens.mjs'
import argon2 from 'argon2'

const app = Fastify({ logger: true })

app.decorate('requireGardener', async (request, reply) => {
  const header = request.headers.authorization ?? ''
  let claims
  try {
    claims = readToken(header.slice('Bearer '.length))
  } catch {
    return reply.code(401).send()
  }
  if (await redis.exists(`revoked:${claims.jti}`)) return reply.code(401).send()
  request.gardener = claims
})

app.post('/token', async (request, reply) => {
  const gardener = await database.collection('gardeners').findOne({ name: request.body.name })
  if (!gardener || !(await argon2.verify(gardener.hash, request.body.password))) {
    return reply.code(401).send()
  }
  return { token: makeToken(gardener) }
})

app.delete('/token', { onRequest: app.requireGardener }, async (request, reply) => {
  const { jti, exp } = request.gardener
  await redis.set(`revoked:${jti}`, '1', 'EXAT', exp)
  return reply.code(204).send()
})

app.get('/plants', { onRequest: [app.requireGardener] }, async (request) =>
  plants.find({ owner: request.gardener.sub }).toArray(),
)

app.get('/seasons', { onRequest: [app.requireGardener] }, async () => ['spring', 'summer'])

await app.listen({ port: 8080 })
