import { createSigner, createVerifier } from 'fast-jwt';
import type { FastifyReply, FastifyRequest } from 'fastify';

const key = process.env.WEATHER_JWT_SECRET!;

export const signAccess = createSigner({ key, algorithm: 'HS256', expiresIn: 60 * 60 * 1000 });
export const signRefresh = createSigner({ key, algorithm: 'HS256', expiresIn: 60 * 24 * 60 * 60 * 1000 });
export const verifyToken = createVerifier({ key, algorithms: ['HS256'], cache: true });

declare module 'fastify' {
  interface FastifyRequest {
    accountId: string;
  }
}

export async function withAccount(request: FastifyRequest, reply: FastifyReply) {
  const token = request.headers.authorization?.split(' ')[1];
  try {
    request.accountId = verifyToken(token ?? '').account;
  } catch {
    return reply.code(401).send({ error: 'Unauthorized' });
  }
}
