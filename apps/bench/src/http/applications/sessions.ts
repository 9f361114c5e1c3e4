import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { cloakroom, type StoreFactory } from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { postgres } from 'cloakroom/postgres'
import { sqlite } from 'cloakroom/sqlite'
import { valkey } from 'cloakroom/valkey'
import pg from 'pg'
import { createClient } from 'redis'
import { usersTable } from '../../remote/cloakroom.ts'
import { poolSize } from '../../remote/postgres/counting-pool.ts'
import type { RemoteCloakroom } from '../../remote/sign-in-all.ts'
import type { AuthenticationBy, Place } from '../settings.ts'
import { openUsers } from './users.ts'

const common = { origin: 'http://localhost:3000', pruneIntervalSeconds: false } as const

/** An hour instead of a minute: how often an entry is read again for its age is not asked here. */
const maxAgeSeconds = 3600

/** Cloakroom as an application would set it up. */
export async function openSessions({
  place,
  valkey: url,
  cached,
}: AuthenticationBy<'cloakroom'>): Promise<RemoteCloakroom> {
  if (url !== undefined) {
    const client = createClient({ url })
    await client.connect()
    const users = { idType: 'integer', load: openUsers(place) } as const
    return cloakroom({ ...common, store: valkey(client), users })
  }
  const feed = cached !== undefined
  const auth: RemoteCloakroom = await cloakroom({
    ...common,
    store: openStore(place, feed),
    users: usersTable,
    ...(feed && { cache: leasedCache({ maxSessions: cached.length, maxAgeSeconds }) }),
  })
  if (feed) {
    while (auth.feedHealth()?.isConfirmed !== true) await delay(10)
    for (const token of cached) await auth.verify(token)
  }
  return auth
}

function openStore(place: Place, feed: boolean): StoreFactory<typeof usersTable> {
  if (place.database === 'sqlite') {
    return sqlite(new DatabaseSync(place.file), { migrate: false, feed })
  }
  return postgres(new pg.Pool({ connectionString: place.url, max: poolSize }), { feed })
}
