export default async function (fastify) {
  fastify.get('/', async (request) => {
    return fastify.knex('vehicles').where({ depot_id: request.user.depot }).orderBy('plate')
  })

  fastify.get('/mine', async (request, reply) => {
    const row = await fastify.knex('assignments')
      .join('vehicles', 'vehicles.id', 'assignments.vehicle_id')
      .where('assignments.driver_id', request.user.sub)
      .whereNull('assignments.ended_at')
      .first('vehicles.*')
    return row ?? reply.code(404).send({ message: 'No vehicle assigned' })
  })

  fastify.post('/:id/position', async (request, reply) => {
    const { lat, lon } = request.body
    await fastify.knex('positions').insert({ vehicle_id: request.params.id, driver_id: request.user.sub, lat, lon })
    return reply.code(202).send()
  })
}
