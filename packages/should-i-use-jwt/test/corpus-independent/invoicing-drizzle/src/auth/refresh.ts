import { createHash, randomBytes } from 'node:crypto';
import { and, eq, gt } from 'drizzle-orm';
import { db, refreshGrants } from '@db/client.js';

const THIRTY_DAYS = 30 * 24 * 3600 * 1000;
const digestOf = (raw: string) => createHash('sha256').update(raw).digest('hex');

export async function grantRefresh(accountId: string): Promise<string> {
  const raw = randomBytes(32).toString('base64url');
  await db.insert(refreshGrants).values({
    digest: digestOf(raw),
    accountId,
    expiresAt: new Date(Date.now() + THIRTY_DAYS),
  });
  return raw;
}

/** Uses up the grant: the caller has to hand out a new one. */
export async function consumeRefresh(raw: string): Promise<string | undefined> {
  const [row] = await db
    .delete(refreshGrants)
    .where(and(eq(refreshGrants.digest, digestOf(raw)), gt(refreshGrants.expiresAt, new Date())))
    .returning({ accountId: refreshGrants.accountId });
  return row?.accountId;
}
