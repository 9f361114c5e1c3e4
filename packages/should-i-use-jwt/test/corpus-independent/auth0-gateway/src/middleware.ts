import type { NextFunction, Request, Response } from 'express';
import { TokenError, verifyBearer } from './auth0.js';

export async function authenticate(req: Request, res: Response, next: NextFunction) {
  try {
    const claims = await verifyBearer(req.headers.authorization);
    req.headers['x-partner-id'] = String(claims['https://acme-partners.example/partner']);
    req.headers['x-permissions'] = ((claims.permissions as string[]) ?? []).join(',');
    delete req.headers.authorization;
    next();
  } catch (err) {
    if (err instanceof TokenError) res.status(401).json({ message: err.message });
    else next(err);
  }
}
