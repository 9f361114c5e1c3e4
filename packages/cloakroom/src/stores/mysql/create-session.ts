import { timeOf } from '../../core/session-id.ts'
import type { Created, NewSession } from '../../core/store.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import { toFound } from '../sql/rows.ts'
import { toBuffer } from './batches.ts'
import type { StoreContext } from './context.ts'
import { timeIn } from './dialect.ts'
import type { Connection } from './driver.ts'
import { readIds, removeSessions } from './remove-sessions.ts'

/** One transaction, which may be tried again: nothing outlives it but what it returns. */
export function createSession(context: StoreContext, session: NewSession): Promise<Created> {
  const mintedAt = timeOf(session.id) - performance.now()
  return context.database.transact((connection) => insert(context, connection, session, mintedAt))
}

/** @param mintedAt In milliseconds since 1970, minus the clock of `performance` */
async function insert(
  context: StoreContext,
  connection: Connection,
  session: NewSession,
  mintedAt: number,
): Promise<Created> {
  const { sql, users, dialect } = context
  const { replaces, cap } = session
  const owners = [users.bindOrNull(session.userId), users.bindOrNull(session.impersonatorId)]
  // One after the other, so that two cannot count the same sessions.
  if (cap !== undefined) await connection.run(sql.lockUser, [owners[0]])

  // While it waited for a connection, or a lock, its id grew older.
  const idTime = mintedAt + performance.now()
  const [admission] = await connection.rows(sql.admission, [...owners])
  const [epoch, blocked, active, now] = admission as [number, number, number, number]
  if (Math.abs(idTime - now) > (session.maxClockSkewMs ?? Infinity)) {
    return { outcome: 'clock_skew' }
  }
  if (blocked === 1 || (session.epoch ?? epoch) !== epoch) return { outcome: 'superseded' }
  if (active !== 1) return { outcome: 'inactive' }

  const carried = await lockReplaced(context, connection, session)
  if (replaces?.version !== undefined && carried === undefined) return { outcome: 'conflict' }
  const excess = await findExcess(context, connection, session)
  if (excess.length > 0 && cap?.whenReached === 'refuse') return { outcome: 'too_many' }
  const leaving = replaces && carried ? [replaces.id, ...excess] : excess
  const removed = await removeSessions(context, connection, leaving)

  await connection.run(sql.insert, [
    toBuffer(session.id),
    toBuffer(session.secretHash),
    toBuffer(session.familyHash),
    ...owners,
    epoch,
    session.clientId,
    session.lifetimeMs,
    Number(session.persistent),
    Number(session.authenticated),
    session.methods.join(' '),
    session.ip,
    session.device,
    replaces?.carryData && carried ? carried[0] : session.data,
    (replaces?.version ?? -1) + 1,
  ])
  const [row] = (await connection.rows(sql.find, [toBuffer(session.id)])) as [SqlRow]
  return { outcome: 'created', found: toFound(row, users, dialect, timeIn(row)), removed }
}

async function lockReplaced(
  { sql }: StoreContext,
  connection: Connection,
  { replaces }: NewSession,
): Promise<SqlRow | undefined> {
  if (replaces === undefined) return undefined
  const { id, familyHash, version = null } = replaces
  const [row] = await connection.rows(sql.lockReplaced, [
    toBuffer(id),
    toBuffer(familyHash),
    version,
  ])
  return row
}

/** The user's oldest sessions, as many as are in the new one's way. */
async function findExcess(
  { sql, users }: StoreContext,
  connection: Connection,
  { userId, cap, replaces }: NewSession,
): Promise<Uint8Array[]> {
  if (cap === undefined || userId === null) return []
  const leaving: SqlValue[] = replaces
    ? [toBuffer(replaces.id), toBuffer(replaces.familyHash)]
    : [null, null]
  const rows = await connection.rows(sql.liveOf, [
    users.bind(userId),
    cap.idleTimeoutMs,
    cap.absoluteTimeoutMs,
    cap.nonPersistentTimeoutMs,
    ...leaving,
  ])
  return readIds(rows).slice(0, Math.max(0, rows.length - cap.limit + 1))
}
