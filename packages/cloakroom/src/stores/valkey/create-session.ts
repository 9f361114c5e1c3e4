import type { Created, NewSession, StoredSession } from '../../core/store.ts'
import type { AnyUser } from '../../core/user.ts'
import { unavailable } from './failure.ts'
import { bucketOfHex, bucketOfOwner, bytesOf, hexOf, ownerOf } from './keys.ts'
import { type Answer, type Beginning, placeSession } from './place-session.ts'
import { endFarReplaced, findReplaced } from './replace-far.ts'
import { endSessions } from './revoke-sessions.ts'
import { secretHashOf, toSession } from './row.ts'
import { update } from './scripts/sessions.ts'
import { loadUser, type Parts, readEpoch } from './snapshots.ts'
import { settleStrays } from './strays.ts'

/**
 * Makes a session: in one script where all that it takes is in one slot, which on a single server is
 * always so, and in a cluster unless its id leads elsewhere than its user, or it replaces one elsewhere.
 * Then it is made in steps, the session itself before what ends, and its token given away after. A step
 * that fails leaves a session to which there is no token.
 */
export async function createSession(parts: Parts, wanted: NewSession): Promise<Created> {
  const user = await loadUser(parts.users, wanted)
  const impersonator = wanted.impersonatorId === null ? null : ownerOf(wanted.impersonatorId)
  const acting = impersonator === null ? undefined : await readEpoch(parts, impersonator)
  if (acting?.isBlocked) return { outcome: 'superseded' }
  const replacing = await findReplaced(parts, wanted)
  if (replacing === 'conflict') return { outcome: 'conflict' }
  const id = hexOf(wanted.id)
  const owner = wanted.userId === null ? null : ownerOf(wanted.userId)
  const beginning: Beginning = {
    wanted,
    id,
    owner,
    impersonator,
    impersonatorEpoch: acting?.epoch ?? 0,
    isActive: owner === null || user !== undefined,
    isNear: !parts.isCluster || owner === null || bucketOfOwner(owner) === bucketOfHex(id),
    replacing,
  }
  const answer = await placeSession(parts, beginning)
  if (answer.outcome === 'taken') throw unavailable('The session id is taken.')
  if (answer.outcome !== 'created') return { outcome: answer.outcome }
  return finish(parts, beginning, answer, user)
}

/** What is left to do in other slots. */
async function finish(
  parts: Parts,
  { wanted, id, owner, replacing: { far } }: Beginning,
  { now, row, removed, surplus, strays }: Extract<Answer, { outcome: 'created' }>,
  user: AnyUser | undefined,
): Promise<Created> {
  await settleStrays(parts, strays, owner === null ? undefined : { owner, id })
  const ended = far && (await endFarReplaced(parts, far))
  if (ended === 'conflict') {
    await endSessions(parts, [id], owner)
    return { outcome: 'conflict' }
  }
  const others = owner === null ? [] : await endSessions(parts, surplus, owner)
  const made = toSession(new Uint8Array(wanted.id), row, parts.idType)
  const data = ended?.data ?? wanted.data
  const isStale = ended !== undefined && data !== made.data
  const session = isStale ? await replaceData(parts, made, id, data) : made
  const secretHash = secretHashOf(row)
  // In a cluster the next verification says who tells of it.
  const source = parts.isCluster || owner === null ? null : ''
  return {
    outcome: 'created',
    found: {
      session,
      secretHash,
      liveEpoch: session.epoch,
      blocked: false,
      user,
      now,
      source,
    },
    removed: [...removed, ...(ended?.ids ?? []), ...others].map(bytesOf),
  }
}

/** Gives a session the data that the one it replaces had at its end, not when it was read. */
async function replaceData(
  { calls, keys }: Parts,
  session: StoredSession,
  id: string,
  data: string,
): Promise<StoredSession> {
  const { dataVersion } = session
  await calls.run(update, {
    home: bucketOfHex(id),
    keys: [keys.session(id)],
    args: [id, String(dataVersion), data],
  })
  return { ...session, data, dataVersion: dataVersion + 1 }
}
