import type { StoreSelector } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import type { Calls } from './calls.ts'
import {
  bucketCount,
  bucketOfHex,
  bucketOfOwner,
  bytesOf,
  formatBucket,
  hexOf,
  type Owner,
  ownerOf,
  toBuffer,
} from './keys.ts'
import type { Link } from './link.ts'
import { toText, toTexts } from './row.ts'
import { scanKeys } from './scan.ts'
import { end, restamp, sweep } from './scripts/sessions.ts'
import { raiseEverybody, revoke } from './scripts/users.ts'
import { attemptLifetimeMs, type Parts } from './snapshots.ts'
import { settleStrays } from './strays.ts'

/** Buckets whose epoch is raised at once. */
const raisedAtOnce = 256

/**
 * @param lasting Runs what must not be lost, once it is acknowledged. The rest clears away what is dead.
 */
export async function revokeSessions(
  parts: Parts,
  link: Link,
  lasting: Calls,
  selector: StoreSelector,
): Promise<Uint8Array[]> {
  if ('everybody' in selector) return revokeEverybody(parts, link, lasting)
  if ('sessionId' in selector) {
    const { sessionId, userId, familyHash } = selector
    const owner = userId === undefined ? '' : ownerOf(userId)
    const ended = await endSession(
      { ...parts, calls: lasting },
      hexOf(sessionId),
      owner,
      familyHash,
    )
    return ended.map(bytesOf)
  }
  return revokeUser(parts, lasting, selector)
}

/** All of a user's sessions, or all but one; and whether none may begin any more. */
export async function revokeUser(
  parts: Parts,
  lasting: Calls,
  {
    userId,
    except,
    isBlock = false,
  }: { userId: UserId; except?: Uint8Array | undefined; isBlock?: boolean },
): Promise<Uint8Array[]> {
  const { keys, calls } = parts
  const owner = ownerOf(userId)
  const kept = except === undefined ? '' : hexOf(except)
  const home = bucketOfOwner(owner)
  const [, ended, far, raisedBy] = await lasting.run(revoke, {
    home,
    keys: [keys.state(owner), keys.index(owner)],
    args: [owner, kept, isBlock ? '1' : '0', String(attemptLifetimeMs)],
  })
  if (parts.isCluster && kept !== '' && bucketOfHex(kept) !== home) {
    const args = [kept, owner, String(raisedBy)]
    await calls.run(restamp, { home: bucketOfHex(kept), keys: [keys.session(kept)], args })
  }
  const others = await endSessions(parts, toTexts(far), owner)
  return [...toTexts(ended), ...others].map(bytesOf)
}

/** Ends each of these sessions that is the user's, or whoever's. */
export async function endSessions(
  parts: Parts,
  ids: readonly string[],
  owner: Owner | null,
): Promise<string[]> {
  return (await Promise.all(ids.map((id) => endSession(parts, id, owner ?? '')))).flat()
}

async function endSession(
  parts: Parts,
  id: string,
  owner: Owner | '',
  familyHash?: Uint8Array,
): Promise<string[]> {
  const { calls, keys } = parts
  const [outcome, strays] = await calls.run(end, {
    home: bucketOfHex(id),
    keys: [keys.session(id)],
    args: [id, owner, familyHash ? toBuffer(familyHash) : '', ''],
  })
  if (toText(outcome ?? null) !== 'ended') return []
  await settleStrays(parts, strays)
  return [id]
}

/**
 * In a cluster one bucket after the other. From the moment when its bucket's turn has come a session
 * is dead; if it fails half way, those that were reached stay dead and repeating it does the rest.
 */
async function revokeEverybody(parts: Parts, link: Link, lasting: Calls): Promise<Uint8Array[]> {
  const { calls, isCluster } = parts
  const raise = async (epoch: string, first: number, last: number) => {
    const args = [epoch, String(first), String(last)]
    return lasting.run(raiseEverybody, { home: formatBucket(first), args })
  }
  const [, epoch] = await raise('', 0, isCluster ? 0 : bucketCount - 1)
  for (let first = 1; isCluster && first < bucketCount; first += raisedAtOnce) {
    const count = Math.min(raisedAtOnce, bucketCount - first)
    const buckets = Array.from({ length: count }, (_, index) => first + index)
    await Promise.all(buckets.map((bucket) => raise(String(epoch), bucket, bucket)))
  }

  const ended: Uint8Array[] = []
  await scanKeys(parts, link, 's', async (sessions, home) => {
    const [, ids, strays] = await calls.run(sweep, { home, keys: [...sessions] })
    ended.push(...toTexts(ids).map(bytesOf))
    await settleStrays(parts, strays)
  })
  return ended
}
