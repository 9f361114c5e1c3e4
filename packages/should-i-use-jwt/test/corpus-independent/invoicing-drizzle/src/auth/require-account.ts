import type { RequestHandler } from 'express';
import { eq } from 'drizzle-orm';
import { accounts, db } from '@db/client.js';
import { readAccessToken } from './access-token.js';

export const requireAccount: RequestHandler = async (req, res, next) => {
  const [scheme, token] = (req.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) {
    res.status(401).set('WWW-Authenticate', 'Bearer').end();
    return;
  }

  const claims = await readAccessToken(token).catch(() => null);
  const account = claims && (await db.query.accounts.findFirst({ where: eq(accounts.id, claims.accountId) }));

  if (!account || account.sessionEpoch !== claims?.epoch) {
    res.status(401).json({ error: 'invalid_token' });
    return;
  }
  res.locals.account = account;
  next();
};
