import type { TestContext } from 'node:test'
import { Client } from 'pg'
import type { UsersTable } from '../src/core/user.ts'
import { channelOf } from '../src/stores/postgres/feed/channel.ts'
import { postgres } from '../src/stores/postgres/index.ts'
import { type TestDatabase, testDatabase } from './postgres-database.ts'

export interface Notice {
  readonly everybody?: true
  readonly sessionIds?: readonly string[]
  readonly userIds?: readonly string[]
}

export interface NoticesDatabase extends TestDatabase {
  /** As the application, which gets the rows. */
  run(sql: string, values?: unknown[]): Promise<unknown[]>
  /** Makes the tables and triggers. */
  migrate(users: UsersTable): Promise<void>
  /** What was told since the last call: all that was committed before this one. */
  told(): Promise<Notice[]>
  /** The payloads of the last call. */
  payloads(): readonly string[]
}

/** A database, and a connection that listens to what the triggers of its tables tell. */
export async function noticesDatabase(t: TestContext, server?: string): Promise<NoticesDatabase> {
  const database = await testDatabase(server)
  const { application, schema, url } = database
  const listener = new Client({ connectionString: url })
  await listener.connect()
  t.after(async () => {
    await listener.end()
    await database.close()
  })
  await listener.query(`listen "${channelOf({ schema, prefix: 'cloakroom_' })}"`)
  let heard: string[] = []
  let last: readonly string[] = []
  listener.on('notification', ({ payload = '' }) => heard.push(payload))
  return {
    ...database,
    run: async (sql, values = []) => (await application.query(sql, values)).rows,
    async migrate(users) {
      await postgres(application, { feed: true }).migrations?.migrate({ users })
    },
    async told() {
      await listener.query('select 1')
      last = heard
      heard = []
      return last.map((payload) => JSON.parse(payload))
    },
    payloads: () => last,
  }
}

/** Sessions' rows, which nobody can sign in with. `ids` may give many. */
export function insertSessions(ids: string, lifetime = '1 day'): string {
  return `insert into cloakroom_sessions (id, created_at, last_seen_at, expires_at, epoch,
      data_version, user_id, persistent, secret_hash, family_hash, methods, data)
    select id::uuid, now(), now(), now() + interval '${lifetime}', 0, 1, 1, true, '', '', '', '{}'
    from (select ${ids}) ids (id)`
}
