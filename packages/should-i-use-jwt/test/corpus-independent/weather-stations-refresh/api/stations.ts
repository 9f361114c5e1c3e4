import type { FastifyPluginAsync } from 'fastify';
import { withAccount } from '@api/jwt';
import { Station } from '@api/models';

export const stationRoutes: FastifyPluginAsync = async (app) => {
  app.addHook('preHandler', withAccount);

  app.get('/', async (request) => Station.find({ owner: request.accountId }).lean());

  app.post<{ Body: { name: string } }>('/', async (request, reply) => {
    const station = await Station.create({ owner: request.accountId, name: request.body.name });
    return reply.code(201).send(station);
  });
};
