export default async function (fastify) {
  fastify.addHook('onRequest', fastify.authenticate)
}
