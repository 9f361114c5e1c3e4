import type { FastifyPluginAsync } from 'fastify';
import { withAccount } from '@api/jwt';

export const unitRoutes: FastifyPluginAsync = async (app) => {
  app.get<{ Querystring: { celsius: string } }>('/fahrenheit', { preHandler: withAccount }, async (request) => ({
    fahrenheit: Number(request.query.celsius) * 1.8 + 32,
  }));

  app.get<{ Querystring: { hpa: string } }>('/inhg', { preHandler: withAccount }, async (request) => ({
    inHg: Number(request.query.hpa) * 0.02953,
  }));
};
