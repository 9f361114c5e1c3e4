import { serviceAuth } from '@quotes/service-auth';
import Fastify from 'fastify';
import PDFDocument from 'pdfkit';

const app = Fastify();
await app.register(serviceAuth, { audience: 'documents', publicKeyPem: process.env.IDENTITY_PUBLIC_KEY! });

app.addHook('onRequest', app.requireToken);

app.post<{ Body: { title: string; rows: string[] } }>('/render', async (request, reply) => {
  if (!request.scopes.has('documents:render')) return reply.code(403).send({ error: 'insufficient_scope' });
  const pdf = new PDFDocument();
  pdf.fontSize(20).text(request.body.title);
  pdf.fontSize(11);
  for (const row of request.body.rows) pdf.text(row);
  pdf.end();
  return reply.type('application/pdf').send(pdf);
});

await app.listen({ port: 7002, host: '0.0.0.0' });
