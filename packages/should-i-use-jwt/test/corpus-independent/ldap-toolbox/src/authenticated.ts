import type { RequestHandler } from 'express';
import type { TokenIssuer } from './token-issuer.js';

export const authenticated =
  (issuer: TokenIssuer): RequestHandler =>
  (req, res, next) => {
    try {
      res.locals.uid = issuer.check(req.get('authorization')?.replace('Bearer ', '') ?? '');
      next();
    } catch {
      res.sendStatus(401);
    }
  };
