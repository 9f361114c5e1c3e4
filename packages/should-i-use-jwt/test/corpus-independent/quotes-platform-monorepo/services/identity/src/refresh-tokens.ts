import { createHash, randomBytes } from 'node:crypto';
import { db } from './database.js';

const sha256 = (s: string) => createHash('sha256').update(s).digest('hex');

export async function createRefreshToken(userId: string) {
  const raw = randomBytes(48).toString('base64url');
  await db
    .insertInto('refresh_tokens')
    .values({ hash: sha256(raw), user_id: userId, expires_at: new Date(Date.now() + 14 * 86_400_000) })
    .execute();
  return raw;
}

export async function exchangeRefreshToken(raw: string) {
  const spent = await db
    .deleteFrom('refresh_tokens')
    .where('hash', '=', sha256(raw))
    .where('expires_at', '>', new Date())
    .returning('user_id')
    .executeTakeFirst();
  if (!spent) return null;

  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', spent.user_id)
    .where('disabled_at', 'is', null)
    .executeTakeFirst();
  return user ? { user, refreshToken: await createRefreshToken(user.id) } : null;
}
