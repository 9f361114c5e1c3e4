import { type Cloakroom, cloakroom, type UsersLoader } from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { postgres } from 'cloakroom/postgres'
import { valkey } from 'cloakroom/valkey'
import pg from 'pg'
import { createClient } from 'redis'

export interface ServerPlace {
  readonly kind: 'PostgreSQL' | 'Valkey'
  readonly url: string
}

export interface OpenCached {
  readonly auth: Cloakroom<{ readonly id: number }>
  close(): Promise<void>
}

const common = {
  origin: 'http://localhost:3000',
  cache: leasedCache(),
  pruneIntervalSeconds: false,
} as const

/** As an application would, with everything as it comes. */
export async function openCached({ kind, url }: ServerPlace, migrate = false): Promise<OpenCached> {
  if (kind === 'PostgreSQL') {
    const pool = new pg.Pool({ connectionString: url })
    const store = postgres(pool, { feed: true, migrate })
    const users = { table: 'users', id: { type: 'integer' } } as const
    const auth = await cloakroom({ ...common, store, users })
    return { auth, close: () => auth.close().then(() => pool.end()) }
  }
  const client = createClient({ url })
  await client.connect()
  const users: UsersLoader<{ id: number }> = {
    idType: 'integer',
    load: (id) => ({ id: Number(id) }),
  }
  const auth = await cloakroom({ ...common, store: valkey(client, { feed: true }), users })
  return { auth, close: () => auth.close().then(() => client.destroy()) }
}
