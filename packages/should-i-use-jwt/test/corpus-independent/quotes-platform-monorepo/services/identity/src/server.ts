import argon2 from 'argon2';
import Fastify from 'fastify';
import { mintAccessToken } from './access-token.js';
import { db } from './database.js';
import { createRefreshToken, exchangeRefreshToken } from './refresh-tokens.js';

const app = Fastify({ logger: true });

app.post<{ Body: { email: string; password: string } }>('/token', async (request, reply) => {
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('email', '=', request.body.email)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  if (!user || !(await argon2.verify(user.password_hash, request.body.password))) {
    return reply.code(401).send({ error: 'invalid_credentials' });
  }
  return { access_token: await mintAccessToken(user), refresh_token: await createRefreshToken(user.id) };
});

app.post<{ Body: { refresh_token: string } }>('/token/refresh', async (request, reply) => {
  const next = await exchangeRefreshToken(request.body.refresh_token);
  if (!next) return reply.code(401).send({ error: 'invalid_grant' });
  return { access_token: await mintAccessToken(next.user), refresh_token: next.refreshToken };
});

await app.listen({ port: 7000, host: '0.0.0.0' });
