import type { Found, Listed } from '../../core/store.ts'
import type { AnyUser, UserId, UserIdType, UsersLoader } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import type { Calls } from './calls.ts'
import { bucketOfHex, bucketOfOwner, hexOf, type Keys, type Owner } from './keys.ts'
import type { Reply } from './link.ts'
import { field, type Row, secretHashOf, toSession, toText } from './row.ts'
import { find } from './scripts/sessions.ts'
import { epoch as epochScript } from './scripts/users.ts'

/** What the verbs of the store share. */
export interface Parts {
  readonly calls: Calls
  readonly keys: Keys
  readonly users: UsersLoader
  readonly idType: UserIdType
  readonly isCluster: boolean
  /** Whether it has a feed. */
  readonly isHeard: boolean
}

/** A session as a script saw it. */
export interface Snapshot {
  readonly row: Row
  readonly now: number
  readonly everybody: number
  readonly owners: readonly OwnerState[]
  /** The id of the node that answered, if it was asked for. */
  readonly node: string | null
}

interface OwnerState {
  readonly owner: Owner
  /** `undefined`: the user's hash was elsewhere. */
  readonly state: State | undefined
}

export interface State {
  /** `undefined`: there is none, so that no session of the user is live. */
  readonly epoch: number | undefined
  readonly blockedAt: number | null
}

/** `undefined`: there is no such session. */
export async function readSnapshot(
  { calls, keys, isCluster, isHeard }: Parts,
  id: string,
): Promise<Snapshot | undefined> {
  const args = isCluster && isHeard ? [id, 'node'] : [id]
  const call = { home: bucketOfHex(id), keys: [keys.session(id)], args }
  return toSnapshot(await calls.run(find, call))
}

/** Of `[now, row, everybody, state of the user, state of the impersonator, node]`. */
export function toSnapshot([now, row, everybody, ...states]: readonly Reply[]):
  | Snapshot
  | undefined {
  if (row === undefined) return undefined
  const fields = row as Row
  const owners = [field.user, field.impersonator].flatMap((position, index) => {
    const owner = toText(fields[position - 1])
    return owner === null ? [] : [{ owner, state: toState(states[index]) }]
  })
  const node = toText(states[2])
  return { row: fields, now: now as number, everybody: everybody as number, owners, node }
}

function toState(reply: Reply | undefined): State | undefined {
  if (reply === null || reply === undefined) return undefined
  const [epoch, blockedAt] = (reply as readonly Reply[]).map(toNumber)
  return { epoch: epoch ?? undefined, blockedAt: blockedAt ?? null }
}

function toNumber(reply: Reply): number | null {
  const text = toText(reply)
  return text === null ? null : Number(text)
}

/**
 * Whether it is live by its epoch, and who is blocked. In a cluster the hash of a user whose session
 * has an id of somebody else's making, and that of an impersonator, take another round trip. What has
 * changed since the session was read can only make it dead: epochs only grow.
 */
export async function judge(
  parts: Parts,
  { owners, everybody }: Snapshot,
): Promise<{ liveEpoch: number; blocked: boolean }> {
  const states = await Promise.all(
    owners.map(({ owner, state }) => state ?? readState(parts, owner)),
  )
  const isKnown = states.every(({ epoch }) => epoch !== undefined)
  return {
    liveEpoch: isKnown ? states.reduce((sum, { epoch = 0 }) => sum + epoch, everybody) : noEpoch,
    blocked: states.some(({ blockedAt }) => blockedAt !== null),
  }
}

/** What no session carries. */
const noEpoch = -1

async function readState({ calls, keys }: Parts, owner: Owner): Promise<State> {
  const key = keys.state(owner)
  return toState(await calls.command(key, ['hmget', key, 'epoch', 'blocked'])) as State
}

/** For how long the hash of a user who has no session is kept, for a sign-in that has begun. */
export const attemptLifetimeMs = 86_400_000

/** The epochs that a session begun now would carry; makes the user's hash if there is none. */
export async function readEpoch(
  { calls, keys }: Parts,
  owner: Owner,
): Promise<{ epoch: number; everybody: number; isBlocked: boolean }> {
  const [, epoch, everybody, blocked] = await calls.run(epochScript, {
    home: bucketOfOwner(owner),
    keys: [keys.state(owner)],
    args: [owner, String(attemptLifetimeMs)],
  })
  return { epoch: epoch as number, everybody: everybody as number, isBlocked: blocked !== null }
}

export async function toListed(parts: Parts, id: string, snapshot: Snapshot): Promise<Listed> {
  const { liveEpoch } = await judge(parts, snapshot)
  const session = toSession(Buffer.from(id, 'hex'), snapshot.row, parts.idType)
  return { session, liveEpoch, now: snapshot.now }
}

export async function toFound(parts: Parts, id: Uint8Array, snapshot: Snapshot): Promise<Found> {
  const { row, now } = snapshot
  const session = toSession(new Uint8Array(id), row, parts.idType)
  const { liveEpoch, blocked } = await judge(parts, snapshot)
  // Nobody need be asked who a dead session's user is.
  const isLive = session.epoch === liveEpoch && !blocked
  const user = isLive ? await loadUser(parts.users, session) : undefined
  const source = sourceOf(parts, snapshot)
  return { session, secretHash: secretHashOf(row), liveEpoch, blocked, user, now, source }
}

/**
 * Who tells of changes to the session: the server that said all that was read, in one script. The node
 * names itself, so that it does not matter what this process believes about who has the slot. A session
 * without a user has no hash of which a change is told; one with users in other slots has several.
 */
function sourceOf({ isCluster }: Parts, { owners, node }: Snapshot): string | null {
  if (owners.length === 0 || owners.some(({ state }) => state === undefined)) return null
  return isCluster ? node : ''
}

export async function findSession(parts: Parts, id: Uint8Array): Promise<Found | undefined> {
  const snapshot = await readSnapshot(parts, hexOf(id))
  return snapshot && toFound(parts, id, snapshot)
}

/** The user, if it and its impersonator are there and active. */
export async function loadUser(
  users: UsersLoader,
  { userId, impersonatorId }: { userId: UserId | null; impersonatorId: UserId | null },
): Promise<AnyUser | undefined> {
  if (userId === null) return undefined
  try {
    const ids = impersonatorId === null ? [userId] : [userId, impersonatorId]
    const [user, ...impersonators] = await Promise.all(ids.map((id) => users.load(id)))
    // An untyped loader may say `null` for nobody, which must not pass for a user.
    return impersonators.every(Boolean) ? (user ?? undefined) : undefined
  } catch (cause) {
    throw new CloakroomError('store_unavailable', 'users.load failed.', { cause })
  }
}
