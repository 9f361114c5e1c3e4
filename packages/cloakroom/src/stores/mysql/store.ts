import type { RevocationFeed } from '../../core/revocation-feed.ts'
import type { Durability, Store, StoreStats } from '../../core/store.ts'
import type { SqlRow, SqlValue } from '../sql/dialect.ts'
import { toFound, toListed, toRenewed } from '../sql/rows.ts'
import { batches, toBuffer } from './batches.ts'
import type { StoreContext } from './context.ts'
import { createSession } from './create-session.ts'
import { timeIn } from './dialect.ts'
import { readMarked, readPages } from './read-pages.ts'
import { blockUser, revokeSessions } from './revoke-sessions.ts'
import { createSigningKeys } from './signing-keys.ts'

/** Counting may read every row. */
const statsLimitMs = 60_000

export function createStore(context: StoreContext, feed: RevocationFeed | undefined): Store {
  const { database, sql, users, dialect, guard } = context

  function read(sql: string, values: readonly SqlValue[]): Promise<SqlRow[]> {
    return database.read({ sql, values, guard })
  }

  const find: Store['find'] = async (id) => {
    const [row] = await read(sql.find, [toBuffer(id)])
    return row && toFound(row, users, dialect, timeIn(row))
  }

  return Object.freeze<Store>({
    find,

    async epoch(userId, impersonatorId) {
      const owners = [users.bindOrNull(userId), users.bindOrNull(impersonatorId)]
      const [row] = await read(sql.epoch, owners)
      return Number(row?.[0])
    },

    create: (session) => createSession(context, session),

    async touch(ids, untouchedForMs) {
      for (const batch of batches(ids)) {
        await database.write(sql.touch(batch.length), [...batch, untouchedForMs])
      }
    },

    async rotate({ id, secretHash, newSecretHash, authenticatedBy }) {
      const methods = authenticatedBy === undefined ? [] : [authenticatedBy.join(' ')]
      const count = await database.write(authenticatedBy === undefined ? sql.rotate : sql.stepUp, [
        toBuffer(newSecretHash),
        ...methods,
        toBuffer(id),
        toBuffer(secretHash),
      ])
      return count === 0 ? undefined : find(id)
    },

    async renew({ id, clientId, secretHash, newSecretHash, nonce, graceMs }) {
      await database.write(sql.renew, [
        ...[newSecretHash, nonce, id].map(toBuffer),
        ...[clientId, toBuffer(secretHash), graceMs],
      ])
      const [row] = await read(sql.renewed, [toBuffer(id), clientId])
      return row && toRenewed(row, (found) => toFound(found, users, dialect, timeIn(found)))
    },

    async update(id, version, data) {
      const count = await database.write(sql.update, [data, toBuffer(id), version])
      if (count === 1) return 'updated'
      const rows = await read(sql.exists, [toBuffer(id)])
      return rows.length === 0 ? 'gone' : 'conflict'
    },

    async revoke(selector, durability) {
      checkDurability(durability)
      return revokeSessions(context, selector)
    },

    async list(userId) {
      const rows = await read(sql.list, [users.bind(userId)])
      return rows.map((row) => toListed(row, dialect, timeIn(row)))
    },

    async block(userId, durability) {
      checkDurability(durability)
      return blockUser(context, userId)
    },

    async unblock(userId) {
      await database.write(sql.unblock, [users.bind(userId)])
    },

    async blockedAt(userId) {
      const [row] = await read(sql.blockedAt, [users.bind(userId)])
      return (row?.[0] ?? null) as number | null
    },

    async prune() {
      let count = 0
      for await (const page of readPages(context, sql.prunePage)) {
        for (const batch of batches(readMarked(page))) {
          count += await database.write(sql.prune(batch.length), batch)
        }
      }
      return count
    },

    async stats() {
      const [row] = await database.read({ sql: sql.stats, values: [], guard }, statsLimitMs)
      const [sessions, anonymous, expired, blockedUsers] = row as number[]
      return { sessions, anonymous, expired, blockedUsers } as StoreStats
    },

    async largestLease(atLeastMs) {
      if (atLeastMs > 0) await database.write(sql.raiseLease, [atLeastMs])
      const [row] = await read(sql.largestLease, [])
      return Number(row?.[0])
    },

    signingKeys: createSigningKeys(context),
    ...(feed && { feed }),

    async close() {
      await feed?.close()
    },
  })
}

// What a replica has of a commit, MySQL tells only its administrators. Better not at all than less
// than was asked for.
function checkDurability(durability: Durability | undefined): void {
  if (durability?.replicated !== true) return
  throw new TypeError(
    'On MySQL nobody can wait for replicas. Revoke without { replicated: true }; for all commits to wait, set up semi-synchronous replication',
  )
}
