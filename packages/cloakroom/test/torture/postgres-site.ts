import {
  freshPostgresSchema,
  queryPostgres,
  startPostgres,
  startProxy,
} from '@cloakroom/test-servers'
import { migrate } from 'cloakroom'
import { postgres } from 'cloakroom/postgres'
import { openPool } from '../postgres-database.ts'
import { users as userCount } from './load.ts'
import { networkFaults, type Site, serverFaults } from './site.ts'

export async function startPostgresSite(): Promise<Site> {
  const server = await startPostgres()
  const { url } = await freshPostgresSchema(server.url)
  await prepare(url)
  const store = await startProxy({ url })
  const feeds = [await startProxy({ url }), await startProxy({ url })] as const
  return {
    title: `PostgreSQL ${server.server.version}, pg and postgres.js`,
    losesSessions: false,
    placeOf: (index) => ({
      kind: 'postgres',
      driver: index < 2 ? 'pg' : 'postgres.js',
      url: store.url,
      feedUrl: feeds[index % 2 === 0 ? 0 : 1].url,
    }),
    faults: {
      ...networkFaults({ store, feeds }),
      ...serverFaults(server),
      /** One of the drivers connects anew by itself, and tells nobody. */
      async 'feeds ended by the server'() {
        await queryPostgres(url, endFeeds)
      },
    },
    async stop() {
      await Promise.all([store, ...feeds].map((proxy) => proxy.stop()))
      await server.stop()
    },
  }
}

const endFeeds = `select pg_terminate_backend(pid) from pg_stat_activity
  where pid <> pg_backend_pid() and query ~ 'pg_listening_channels'`

async function prepare(url: string): Promise<void> {
  await queryPostgres(
    url,
    `create table users (id text primary key, banned boolean not null default false)`,
  )
  await queryPostgres(
    url,
    `insert into users (id) select generate_series(0, ${userCount - 1})::text`,
  )
  const { pool, close } = openPool('pg', url)
  await migrate({
    store: postgres(pool, { feed: true }),
    users: { table: 'users', id: { type: 'text' }, active: 'not banned' },
  })
  await close()
}
