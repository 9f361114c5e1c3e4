import { Router, type Response } from 'express';
import argon2 from 'argon2';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { accounts, db } from '@db/client.js';
import { consumeRefresh, grantRefresh, issueAccessToken, requireAccount } from '@auth';

export const session = Router();

const credentials = z.object({ email: z.string().email(), password: z.string().min(1) });

async function respondWithTokens(res: Response, account: typeof accounts.$inferSelect) {
  const refresh = await grantRefresh(account.id);
  res.cookie('refresh', refresh, { httpOnly: true, secure: true, sameSite: 'strict', path: '/session' });
  res.json({ accessToken: await issueAccessToken({ accountId: account.id, epoch: account.sessionEpoch }) });
}

session.post('/', async (req, res) => {
  const { email, password } = credentials.parse(req.body);
  const account = await db.query.accounts.findFirst({ where: eq(accounts.email, email) });
  if (!account || !(await argon2.verify(account.passwordHash, password))) {
    res.status(401).json({ error: 'invalid_credentials' });
    return;
  }
  await respondWithTokens(res, account);
});

session.post('/refresh', async (req, res) => {
  const accountId = await consumeRefresh(req.cookies.refresh ?? '');
  const account = accountId && (await db.query.accounts.findFirst({ where: eq(accounts.id, accountId) }));
  if (!account) {
    res.status(401).json({ error: 'invalid_grant' });
    return;
  }
  await respondWithTokens(res, account);
});

session.post('/sign-out-everywhere', requireAccount, async (_req, res) => {
  await db
    .update(accounts)
    .set({ sessionEpoch: sql`${accounts.sessionEpoch} + 1` })
    .where(eq(accounts.id, res.locals.account.id));
  res.status(204).end();
});
