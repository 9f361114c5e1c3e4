import fp from 'fastify-plugin'
import redis from '@fastify/redis'

export default fp(async (fastify) => {
  await fastify.register(redis, { url: process.env.REDIS_URL, closeClient: true })
}, { name: 'redis' })
