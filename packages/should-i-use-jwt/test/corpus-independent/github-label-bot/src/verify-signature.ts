import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';

export function verifySignature(secret: string): RequestHandler {
  return (req, res, next) => {
    const sent = Buffer.from(req.get('x-hub-signature-256') ?? '');
    const want = Buffer.from('sha256=' + createHmac('sha256', secret).update(req.body).digest('hex'));
    if (sent.length !== want.length || !timingSafeEqual(sent, want)) {
      res.status(401).send('bad signature');
      return;
    }
    next();
  };
}
