import { serviceAuth } from '@quotes/service-auth';
import Fastify from 'fastify';

const app = Fastify();
await app.register(serviceAuth, { audience: 'pricing', publicKeyPem: process.env.IDENTITY_PUBLIC_KEY! });

interface Line {
  unitCents: number;
  quantity: number;
}

app.post<{ Body: { lines: Line[]; country: string } }>(
  '/price',
  { onRequest: app.requireToken },
  async (request) => {
    const net = request.body.lines.reduce((sum, l) => sum + l.unitCents * l.quantity, 0);
    const rate = request.body.country === 'DE' ? 0.19 : 0.2;
    return { tenant: request.tenant, net, vat: Math.round(net * rate) };
  },
);

await app.listen({ port: 7001, host: '0.0.0.0' });
