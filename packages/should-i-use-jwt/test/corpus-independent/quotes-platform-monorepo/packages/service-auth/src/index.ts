import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import fp from 'fastify-plugin';
import { importSPKI, jwtVerify } from 'jose';

declare module 'fastify' {
  interface FastifyInstance {
    requireToken(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  }
  interface FastifyRequest {
    tenant: string;
    scopes: ReadonlySet<string>;
  }
}

export interface ServiceAuthOptions {
  /** name of this service; tokens must be meant for it */
  audience: string;
  publicKeyPem: string;
}

const plugin: FastifyPluginAsync<ServiceAuthOptions> = async (app, { audience, publicKeyPem }) => {
  const key = await importSPKI(publicKeyPem, 'ES256');

  app.decorateRequest('tenant', '');
  app.decorate('requireToken', async (request: FastifyRequest, reply: FastifyReply) => {
    const match = /^Bearer (.+)$/.exec(request.headers.authorization ?? '');
    if (!match) return reply.code(401).send({ error: 'missing_token' });
    try {
      const { payload } = await jwtVerify(match[1], key, {
        algorithms: ['ES256'],
        issuer: 'quotes-identity',
        audience,
        maxTokenAge: '5m',
      });
      request.tenant = String(payload.tenant);
      request.scopes = new Set(String(payload.scope ?? '').split(' '));
    } catch {
      return reply.code(401).send({ error: 'invalid_token' });
    }
  });
};

export const serviceAuth = fp(plugin, { name: 'service-auth' });
