import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

interface Schema {
  users: { id: string; email: string; password_hash: string; tenant: string; scope: string; disabled_at: Date | null };
  refresh_tokens: { hash: string; user_id: string; expires_at: Date };
}

export const db = new Kysely<Schema>({
  dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.IDENTITY_DATABASE_URL }) }),
});
