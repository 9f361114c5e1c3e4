import type { StoreSelector } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import { toBuffer } from './batches.ts'
import type { StoreContext } from './context.ts'
import type { Connection } from './driver.ts'
import { readMarked, readPages } from './read-pages.ts'
import { readIds, removeSessions } from './remove-sessions.ts'

export async function revokeSessions(
  context: StoreContext,
  selector: StoreSelector,
): Promise<Uint8Array[]> {
  const { database, sql } = context
  if ('sessionId' in selector) return revokeOne(context, selector)
  if ('everybody' in selector) {
    await database.write(sql.raiseEverybody, [])
    return removeDead(context)
  }
  const { userId, except } = selector
  return database.transact((connection) => revokeUser(context, connection, userId, except))
}

export function blockUser(context: StoreContext, userId: UserId): Promise<Uint8Array[]> {
  return context.database.transact(async (connection) => {
    const ended = await revokeUser(context, connection, userId)
    await connection.run(context.sql.block, [context.users.bind(userId)])
    return ended
  })
}

async function revokeOne(
  { database, sql, users }: StoreContext,
  { sessionId, userId, familyHash }: Extract<StoreSelector, { sessionId: Uint8Array }>,
): Promise<Uint8Array[]> {
  const count = await database.write(sql.revokeSession, [
    toBuffer(sessionId),
    Number(userId === undefined),
    users.bindOrNull(userId ?? null),
    Number(familyHash === undefined),
    familyHash === undefined ? null : toBuffer(familyHash),
  ])
  return count === 0 ? [] : [sessionId]
}

async function revokeUser(
  context: StoreContext,
  connection: Connection,
  userId: UserId,
  except?: Uint8Array | undefined,
): Promise<Uint8Array[]> {
  const { sql, users } = context
  await connection.run(sql.raiseUser, [users.bind(userId)])
  const kept = except && (await keep(context, connection, userId, except)) ? except : undefined
  const ids = readIds(await connection.rows(sql.sessionsOf, [users.bind(userId)]))
  const ending = kept === undefined ? ids : ids.filter((id) => Buffer.compare(id, kept) !== 0)
  return removeSessions(context, connection, ending)
}

/** Whether the session goes on, with the epoch that the user has now. */
async function keep(
  { sql, users }: StoreContext,
  connection: Connection,
  userId: UserId,
  id: Uint8Array,
): Promise<boolean> {
  const [row] = await connection.rows(sql.standing, [toBuffer(id), users.bind(userId)])
  const [epoch, liveEpoch] = (row ?? []) as number[]
  // Live before the user's epoch was raised by one: so a dead session does not come back.
  if (epoch === undefined || epoch + 1 !== liveEpoch) return false
  const { affectedRows } = await connection.run(sql.keep, [toBuffer(id), epoch])
  return affectedRows === 1
}

/** Deletes what is dead since the global epoch was raised; until then it is dead all the same. */
async function removeDead(context: StoreContext): Promise<Uint8Array[]> {
  const { database, sql } = context
  const removed: Uint8Array[] = []
  for await (const page of readPages(context, sql.deadPage)) {
    const dead = readMarked(page)
    if (dead.length === 0) continue
    const work = (connection: Connection) => removeSessions(context, connection, dead)
    removed.push(...(await database.transact(work)))
  }
  return removed
}
