import express from 'express';
import cookieParser from 'cookie-parser';
import { and, desc, eq } from 'drizzle-orm';
import { requireAccount } from '@auth';
import { db, invoices } from '@db/client.js';
import { env } from './env.js';
import { session } from './routes/session.js';

const app = express();
app.disable('x-powered-by');
app.use(express.json(), cookieParser());
app.use('/session', session);

app.get('/invoices', requireAccount, async (_req, res) => {
  const rows = await db
    .select()
    .from(invoices)
    .where(eq(invoices.accountId, res.locals.account.id))
    .orderBy(desc(invoices.issuedAt));
  res.json(rows);
});

app.get('/invoices/:id', requireAccount, async (req, res) => {
  const [row] = await db
    .select()
    .from(invoices)
    .where(and(eq(invoices.id, req.params.id), eq(invoices.accountId, res.locals.account.id)));
  row ? res.json(row) : res.status(404).end();
});

app.listen(env.PORT);
