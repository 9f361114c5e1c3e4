import { hash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import type { Verification } from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { type CloakroomDatabase, openCloakroom } from '../workload/cloakroom-database.ts'
import type { Target } from './target.ts'

export interface CachedTarget extends Target<string, Verification<{ id: number }, unknown>> {
  /** Of all verifications so far but the first of each session. */
  hitRatio(): number
}

// An hour instead of a minute: how often an entry is read again for its age is not asked here.
const maxAgeSeconds = 3600

/**
 * `auth.verify(token)` with a cache for this share of the sessions. Since sessions are drawn evenly, it
 * is the share of hits as well.
 */
export async function cachedVerify(
  { file, tokens, endedToken }: CloakroomDatabase,
  share: number,
): Promise<CachedTarget> {
  const database = new DatabaseSync(file)
  const maxSessions = Math.round(tokens.length * share)
  const cache = leasedCache({ maxSessions, maxAgeSeconds })
  const auth = await openCloakroom(database, { cache })
  while (auth.feedHealth()?.isConfirmed !== true) await new Promise((done) => setTimeout(done, 10))
  for (const token of tokens) await auth.verify(token)
  const counts = () => auth.feedHealth()?.cache ?? { hits: 0, misses: 0, bypasses: 0 }
  const before = counts()
  return {
    name: `Cloakroom, a cache for ${share * 100} % of the sessions`,
    note: 'auth.verify(token): the token hashed and looked up, lease and timeouts judged, session made; else SQLite asked',
    credentials: tokens,
    wrong: {
      'the token of a session that has ended': endedToken,
      'a token with a wrong checksum': `${(tokens[0] as string).slice(0, -1)}-`,
    },
    authenticate: (token) => auth.verify(token),
    userOf: (answer) => (answer.status === 'authenticated' ? answer.user.id : undefined),
    hitRatio() {
      const { hits, misses, bypasses } = counts()
      const all = hits - before.hits + misses - before.misses + bypasses - before.bypasses
      return (hits - before.hits) / all
    },
    async close() {
      await auth.close()
      database.close()
    },
  }
}

/** The least that a cache of opaque tokens can do: SHA-256 of the token, and a look-up. */
export function hashAndLookUp(
  { tokens, endedToken }: CloakroomDatabase,
  owners: Int32Array,
): Target<string, number | undefined> {
  const users = new Map(
    tokens.map((token, session) => [hash('sha256', token, 'binary'), owners[session] as number]),
  )
  return {
    name: 'SHA-256 and a Map',
    note: 'what is below any cache of opaque tokens: the token hashed and looked up, nothing judged',
    credentials: tokens,
    wrong: { 'the token of a session that has ended': endedToken },
    authenticate: (token) => users.get(hash('sha256', token, 'binary')),
    userOf: (user) => user,
    close() {},
  }
}
