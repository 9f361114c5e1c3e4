import { type Cloakroom, cloakroom } from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { postgres } from 'cloakroom/postgres'
import { sqlite } from 'cloakroom/sqlite'
import { usersTable } from '../remote/cloakroom.ts'
import { countingPool } from '../remote/postgres/counting-pool.ts'
import { RecordingDatabase } from '../workload/recording-database.ts'

export interface Place {
  readonly database: 'sqlite' | 'postgres'
  /** The file, or the URL. */
  readonly address: string
  /** Whether to hear what other processes do. */
  readonly hasFeed?: boolean
  /** Whether to verify from memory, which takes the feed. */
  readonly isCached?: boolean
}

export interface OpenSessions {
  readonly auth: Cloakroom<{ id: number; email: string; name: string }, unknown>
  /** How many statements the database was sent so far. */
  readonly statements: () => number
}

/** As an application would set it up, in a process of its own. */
export async function openSessions(place: Place): Promise<OpenSessions> {
  const { hasFeed: feed = false, isCached = false } = place
  const common = {
    origin: 'http://localhost:3000',
    users: usersTable,
    pruneIntervalSeconds: false,
    ...(isCached && { cache: leasedCache() }),
  } as const
  if (place.database === 'sqlite') {
    const database = new RecordingDatabase(place.address)
    const auth = await cloakroom({ ...common, store: sqlite(database, { feed }) })
    return { auth, statements: () => database.ran.length }
  }
  const { pool, sent } = countingPool(place.address)
  const auth = await cloakroom({ ...common, store: postgres(pool, { feed }) })
  return { auth, statements: () => sent().statements }
}
