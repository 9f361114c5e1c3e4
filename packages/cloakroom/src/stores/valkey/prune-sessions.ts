import { bucketOfKey, bucketOfOwner, type Owner } from './keys.ts'
import type { Link, Reply } from './link.ts'
import { endSessions } from './revoke-sessions.ts'
import { toTexts } from './row.ts'
import { scanKeys } from './scan.ts'
import { forget, tidy } from './scripts/users.ts'
import type { Parts } from './snapshots.ts'

/**
 * Removes what has expired by the users' indexes. Nothing would be left without it: rows and indexes
 * expire by themselves, an hour later. Anonymous sessions, which are in no index, do only that.
 */
export async function pruneSessions(parts: Parts, link: Link): Promise<number> {
  let removed = 0
  await scanKeys(parts, link, 'i', async (indexes, home) => {
    const [, count, ...elsewhere] = await parts.calls.run(tidy, { home, keys: indexes })
    removed += count as number
    const ended = await Promise.all(elsewhere.map((each) => pruneElsewhere(parts, each)))
    removed += ended.flat().length
  })
  return removed
}

async function pruneElsewhere(parts: Parts, reply: Reply): Promise<string[]> {
  const { calls, keys } = parts
  const [index = '', ...ids] = toTexts(reply)
  const owner: Owner = bucketOfKey(index) + index.slice(index.indexOf('}:') + 2)
  const ended = await endSessions(parts, ids, owner)
  // Those too whose rows the server has removed.
  const home = bucketOfOwner(owner)
  await calls.run(forget, { home, keys: [keys.state(owner), index], args: [owner, ...ids] })
  return ended
}
