import type { Context } from './context.ts'
import { formatId, parseId } from './session-id.ts'
import { settle } from './settle.ts'
import type { Durability, StoreSelector } from './store.ts'
import { hashFamily } from './token.ts'
import { checkUserId, type UserId } from './user.ts'
import { readToken } from './verify.ts'

/**
 * What to end:
 * - `{ sessionId }`: one session; with `userId` only if it is that user's.
 * - `{ userId }`: all of the user's sessions, and sign-ins under way. `except`: all but that one.
 * - `{ everybody: true }`: every session of every user.
 */
export type RevokeSelector<Id extends UserId = UserId> =
  | { readonly sessionId: string; readonly userId?: Id }
  | { readonly userId: Id; readonly except?: string }
  | { readonly everybody: true }

export interface RevokeOptions {
  /**
   * Whether to wait until the replicas of the database have it too, so that the loss of the primary
   * cannot undo it. If they do not answer in time the promise rejects with `store_unavailable`; the
   * revocation is made all the same. A store that cannot know throws a `TypeError` before it revokes
   * anything. Default: as the store is set, which is not to wait.
   */
  readonly replicated?: boolean
  /**
   * Whether to wait until no process can accept the sessions from its cache any more, whatever has become
   * of its feed: until the longest lease of all processes is over. No verification that begins after the
   * promise has resolved accepts them. Without it that is so within milliseconds, as a rule, and after
   * that lease at the latest. Default false.
   */
  readonly settled?: boolean
}

/**
 * Ends sessions, durably when it resolves, and returns the ids of those that it ended.
 * @throws {CloakroomError} `invalid_user_id`, `store_unavailable`
 * @throws {TypeError} for a selector that selects nothing in particular
 */
export async function revoke<Data>(
  context: Context<Data>,
  selector: RevokeSelector,
  options?: RevokeOptions,
): Promise<string[]> {
  const narrowed = toStore(context, selector)
  return ending(context, options, async (durability) =>
    narrowed === undefined ? [] : context.store.revoke(narrowed, durability),
  )
}

/** Ends sessions, and waits for as much as the options ask. */
async function ending<Data>(
  { store }: Context<Data>,
  { replicated, settled = false }: RevokeOptions = {},
  end: (durability: Durability | undefined) => Promise<readonly Uint8Array[]>,
): Promise<string[]> {
  if (![undefined, true, false].includes(replicated)) {
    throw new TypeError('replicated must be true or false')
  }
  if (typeof settled !== 'boolean') throw new TypeError('settled must be true or false')
  const ended = await end(replicated === undefined ? undefined : { replicated })
  if (settled) await settle(store)
  return ended.map(formatId)
}

function toStore<Data>(
  { userIdType }: Context<Data>,
  selector: RevokeSelector,
): StoreSelector | undefined {
  if ('everybody' in selector) {
    if (selector.everybody === true) return { everybody: true }
    throw new TypeError('everybody must be true, or left out')
  }
  // A value that is missing by mistake must not widen what ends: without `userId` the session of
  // anybody, without `except` all of them.
  if ('userId' in selector) checkUserId(userIdType, selector.userId)
  if ('sessionId' in selector) {
    if (typeof selector.sessionId !== 'string') throw new TypeError('sessionId must be a string')
    const sessionId = parseId(selector.sessionId)
    return sessionId && { sessionId, userId: selector.userId }
  }
  if (!('userId' in selector))
    throw new TypeError('revoke needs a sessionId, a userId or everybody')
  if (!('except' in selector)) return { userId: selector.userId }
  const except = parseId(selector.except)
  if (except === undefined) throw new TypeError('except must be a session id')
  return { userId: selector.userId, except }
}

/** Ends all of a user's sessions and lets none begin, until `unblock`. */
export async function block<Data>(
  context: Context<Data>,
  userId: UserId,
  options?: RevokeOptions,
): Promise<string[]> {
  checkUserId(context.userIdType, userId)
  return ending(context, options, (durability) => context.store.block(userId, durability))
}

export async function unblock<Data>(context: Context<Data>, userId: UserId): Promise<void> {
  checkUserId(context.userIdType, userId)
  await context.store.unblock(userId)
}

export async function blockedAt<Data>(
  context: Context<Data>,
  userId: UserId,
): Promise<Date | null> {
  checkUserId(context.userIdType, userId)
  const at = await context.store.blockedAt(userId)
  return at === null ? null : new Date(at)
}

/**
 * Ends the session of a token and returns its id; none where there is no such session, which for a
 * token that is too old to have one takes no statement. A token that was rotated away ends it too: a
 * sign-out that crosses a step-up on the wire must not be lost, and whoever has the family half had
 * the session.
 */
export async function signOut<Data>(
  context: Context<Data>,
  text: string | undefined,
): Promise<string[]> {
  const token = readToken(context, text)
  if (typeof token === 'string') return []
  const family = { sessionId: token.id, familyHash: hashFamily(token.secret) }
  const ended = await context.store.revoke(family)
  return ended.map(formatId)
}
