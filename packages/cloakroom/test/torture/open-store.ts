import { type Cloakroom, cloakroom, type UsersLoader } from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { postgres } from 'cloakroom/postgres'
import { type ValkeyClient, valkey } from 'cloakroom/valkey'
import { Redis } from 'iovalkey'
import { Client, Pool } from 'pg'
import openPostgresJs from 'postgres'
import { createClient } from 'redis'
import type { PgPool, PostgresJs } from '../../src/stores/postgres/index.ts'
import { openCluster } from '../valkey-database.ts'
import { pingInPlaceOfWrite } from './ping-sabotage.ts'
import { type Sabotage, sabotageCache, sabotageStore } from './sabotage.ts'

/** How a process gets to the store: its statements and its feed by ways that fail separately. */
export type Place =
  | {
      readonly kind: 'postgres'
      readonly driver: 'pg' | 'postgres.js'
      readonly url: string
      readonly feedUrl: string
    }
  | {
      readonly kind: 'valkey'
      readonly driver: 'node-redis' | 'iovalkey'
      readonly url: string
      readonly feedUrl: string
    }
  | {
      readonly kind: 'valkey-cluster'
      readonly driver: 'node-redis' | 'iovalkey'
      readonly urls: readonly string[]
    }

export interface Opened {
  readonly auth: Cloakroom<{ readonly id: string }>
  close(): Promise<void>
}

export const leaseSeconds = 1
const feed = { heartbeatSeconds: 0.2 }
// Longer than the lease, so that a round trip can be slow and good.
const timeoutSeconds = 1.5

export async function openAuth(place: Place, sabotage: Sabotage | undefined): Promise<Opened> {
  const common = {
    origin: 'https://app.example',
    cache: sabotageCache(leasedCache({ leaseSeconds }), sabotage),
    pruneIntervalSeconds: false,
    // Told by what verifications say.
    onError: () => undefined,
  } as const
  if (place.kind === 'postgres') {
    const { pool, close } = openPostgres(place)
    const store = sabotageStore(postgres(pool, { feed, timeoutSeconds }), sabotage)
    const users = { table: 'users', id: { type: 'text' }, active: 'not banned' } as const
    const auth = await cloakroom({ ...common, store, users })
    return { auth, close: () => auth.close().finally(close) }
  }
  const users: UsersLoader<{ id: string }> = { load: (id) => ({ id: String(id) }) }
  if (sabotage === 'ping') pingInPlaceOfWrite()
  const { client, close } = await openValkey(place)
  const isCluster = place.kind === 'valkey-cluster'
  const sound = valkey(client, {
    feed,
    // Longer than a failover takes, so that a round trip can outlast it.
    timeoutSeconds: isCluster ? 5 : timeoutSeconds,
    ...(isCluster && { replicas: 1, replicaTimeoutSeconds: 0.5 }),
  })
  const auth = await cloakroom({ ...common, store: sabotageStore(sound, sabotage), users })
  return { auth, close: () => auth.close().finally(close) }
}

type PlaceOf<Kind> = Extract<Place, { kind: Kind }>

function openPostgres({ driver, url, feedUrl }: PlaceOf<'postgres'>): {
  pool: PgPool | PostgresJs
  close(): Promise<void>
} {
  if (driver === 'pg') {
    const pool = new Pool({ connectionString: url, max: 6 })
    pool.on('error', () => undefined)
    class FeedClient extends Client {
      constructor() {
        super({ connectionString: feedUrl })
      }
    }
    const ways: PgPool = {
      get totalCount() {
        return pool.totalCount
      },
      get ending() {
        return pool.ending
      },
      connect: (callback) => pool.connect(callback as never),
      options: {},
      Client: FeedClient as never,
    }
    return { pool: ways, close: () => pool.end() }
  }
  const options = { onnotice: () => undefined, max: 6 }
  const sql = openPostgresJs(url, options)
  const listening = openPostgresJs(feedUrl, options)
  const ways = Object.assign(
    (...words: never[]) => (sql as unknown as (...words: never[]) => unknown)(...words),
    sql,
    { listen: listening.listen },
  )
  return {
    pool: ways as unknown as PostgresJs,
    async close() {
      await Promise.all([sql.end({ timeout: 1 }), listening.end({ timeout: 1 })])
    },
  }
}

async function openValkey(
  place: PlaceOf<'valkey' | 'valkey-cluster'>,
): Promise<{ client: ValkeyClient; close(): void }> {
  if (place.kind === 'valkey-cluster') return openCluster(place.driver, place.urls)
  const [port, feedPort] = [place.url, place.feedUrl].map((url) => Number(new URL(url).port))
  if (place.driver === 'iovalkey') {
    const client = new Redis({ host: '127.0.0.1', port: port as number })
    client.on('error', () => undefined)
    const duplicate = client.duplicate.bind(client)
    client.duplicate = (overrides) => duplicate({ ...overrides, port: feedPort as number })
    return { client, close: () => client.disconnect() }
  }
  const client = createClient({ socket: { host: '127.0.0.1', port: port as number } })
  client.on('error', () => undefined)
  await client.connect()
  const duplicate = client.duplicate.bind(client)
  const ways = Object.assign(client, {
    // Without overrides it is for statements.
    duplicate: (overrides?: { socket?: object }) =>
      overrides === undefined
        ? duplicate()
        : duplicate({ ...overrides, socket: { ...overrides.socket, port: feedPort } } as never),
  })
  return { client: ways, close: () => (client.isOpen ? client.destroy() : undefined) }
}
