import bcrypt from 'bcryptjs';
import type { FastifyPluginAsync } from 'fastify';
import { signAccess, signRefresh, verifyToken } from '@api/jwt';
import { Account } from '@api/models';

export const accountRoutes: FastifyPluginAsync = async (app) => {
  app.post<{ Body: { email: string; password: string } }>('/login', async (request, reply) => {
    const account = await Account.findOne({ email: request.body.email });
    if (!account || !(await bcrypt.compare(request.body.password, account.hash))) {
      return reply.code(401).send({ error: 'Unauthorized' });
    }
    return { access: signAccess({ account: account.id }), refresh: signRefresh({ account: account.id }) };
  });

  app.post<{ Body: { refresh: string } }>('/refresh', async (request, reply) => {
    try {
      const { account } = verifyToken(request.body.refresh);
      return { access: signAccess({ account }) };
    } catch {
      return reply.code(401).send({ error: 'Unauthorized' });
    }
  });
};
