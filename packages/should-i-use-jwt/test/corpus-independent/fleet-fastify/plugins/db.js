import fp from 'fastify-plugin'
import knex from 'knex'

export default fp(async (fastify) => {
  const db = knex({ client: 'pg', connection: process.env.DATABASE_URL, pool: { min: 0, max: 10 } })
  fastify.decorate('knex', db)
  fastify.addHook('onClose', () => db.destroy())
}, { name: 'db' })
