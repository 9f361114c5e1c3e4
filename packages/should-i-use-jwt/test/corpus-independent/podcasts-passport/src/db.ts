import { Kysely, PostgresDialect, type Generated, type Selectable } from 'kysely';
import pg from 'pg';

interface ListenerTable {
  id: Generated<number>;
  email: string;
  password: string;
  deleted_at: Date | null;
}

interface EpisodeTable {
  id: Generated<number>;
  title: string;
  file: string;
  premium: boolean;
}

interface ProgressTable {
  listener_id: number;
  episode_id: number;
  seconds: number;
}

export type Listener = Selectable<ListenerTable>;

export const db = new Kysely<{ listener: ListenerTable; episode: EpisodeTable; progress: ProgressTable }>({
  dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.DATABASE_URL }) }),
});
