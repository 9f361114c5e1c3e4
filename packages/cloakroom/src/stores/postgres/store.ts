import { setTimeout as delay } from 'node:timers/promises'
import type { RevocationFeed } from '../../core/revocation-feed.ts'
import type { Created, Found, NewSession, Store, StoreStats } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import type { SqlDialect } from '../sql/dialect.ts'
import { toFound, toListed, toRenewed } from '../sql/rows.ts'
import { column } from '../sql/select.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import type { Connection, Query } from './connection.ts'
import { createValues } from './create-statement.ts'
import { isDataError, unavailable } from './failure.ts'
import { createLookups, type LookupLimits } from './lookups.ts'
import { createSigningKeys } from './signing-keys.ts'
import { statements } from './statements.ts'
import type { Tables } from './tables.ts'
import { hexOf, type Row, toArray, type Value } from './values.ts'

interface Parts {
  readonly connection: Connection
  readonly tables: Tables
  readonly users: UsersJoin
  readonly dialect: SqlDialect
  readonly lookups: LookupLimits
  readonly replicateRevocations: boolean
  readonly feed: RevocationFeed | undefined
}

/** Rows that one statement of the clean-up looks at: small, so that others get their turn. */
const pageSize = 500
/** Before the first of all ids. */
const nil = '00000000-0000-0000-0000-000000000000'

export function createStore(parts: Parts): Store {
  const { connection, tables, users, dialect, replicateRevocations, feed } = parts
  const { query, awaitStandbys } = connection
  const sql = statements(tables, users)
  const bind = users.bind as (id: UserId) => Value
  const bindOrNull = users.bindOrNull as (id: UserId | null) => Value

  const lookUp = createLookups<Row>(
    {
      findOne: async (id) => (await query(sql.find, [hexOf(id)]))[0],
      async findMany(ids) {
        const rows = await query(sql.findMany, [toArray(ids)])
        return new Map(rows.map((row) => [hexOf(readId(row)), row]))
      },
      isDataError,
    },
    parts.lookups,
  )

  function readId(row: Row): Uint8Array {
    return dialect.readId(row[column.id])
  }

  async function findNow(id: Uint8Array): Promise<Found | undefined> {
    const [row] = await query(sql.find, [hexOf(id)])
    return row && foundOf(row, row.at(-1))
  }

  function foundOf(row: Row, now: unknown): Found {
    return toFound(row, users, dialect, timeOf(now))
  }

  async function create(session: NewSession, run: Query, text: string): Promise<Created> {
    const [row] = (await run(text, createValues(session, users))) as [Row]
    const outcome = row.at(-2) as Created['outcome']
    if (outcome !== 'created') return { outcome }
    const removed = (row.at(-1) as string | null)?.split(' ').map(dialect.readId) ?? []
    return { outcome, found: foundOf(row, row.at(-3)), removed }
  }

  /** Ends all of a user's sessions but the one, which lives on in the new epoch. */
  function endSessionsOf(
    userId: UserId,
    {
      raise,
      except,
      locally,
    }: { raise: string; except?: Uint8Array | undefined; locally: boolean },
  ): Promise<Uint8Array[]> {
    const kept = except === undefined ? null : hexOf(except)
    return connection.transact(async (run) => {
      await run(raise, [bind(userId), locally])
      return (await run(sql.removeOfUser, [bind(userId), kept])).map(readId)
    })
  }

  async function endEverybody(locally: boolean): Promise<Uint8Array[]> {
    await query(sql.raiseEverybody, [locally])
    const removed: Uint8Array[] = []
    for (let last = nil; ; ) {
      const page = await query(sql.deadPage, [last, pageSize])
      const dead = page.filter(([, isDead]) => isDead === true).map(readId)
      if (dead.length > 0)
        removed.push(...(await query(sql.removeDead, [toArray(dead)])).map(readId))
      if (page.length < pageSize) return removed
      last = page.at(-1)?.[column.id] as string
    }
  }

  /** Makes a revocation, and then waits for the standbys where that is asked: it counts before. */
  async function revoking(
    replicated: boolean,
    revoke: (locally: boolean) => Promise<Uint8Array[]>,
  ): Promise<Uint8Array[]> {
    if (!replicated) return revoke(false)
    if (awaitStandbys === undefined) {
      throw new TypeError('{ replicated: true } takes a Pool of pg: postgres.js hides a warning')
    }
    const removed = await revoke(true)
    await awaitStandbys()
    return removed
  }

  return Object.freeze<Store>({
    async find(id) {
      const row = await lookUp(id)
      return row && foundOf(row, row.at(-1))
    },

    async epoch(userId, impersonatorId) {
      const [row] = await query(sql.epoch, [bindOrNull(userId), bindOrNull(impersonatorId)])
      return row?.[0] as number
    },

    create(session) {
      const { cap, userId } = session
      if (cap === undefined || userId === null) {
        return create({ ...session, cap: undefined }, query, sql.create)
      }
      return connection.transact(async (run) => {
        await run(sql.lockUser, [`${tables.sessions} ${userId}`])
        return create(session, run, sql.createCapped)
      })
    },

    async touch(ids, untouchedForMs) {
      await query(sql.touch, [toArray(ids), untouchedForMs])
    },

    async rotate({ id, secretHash, newSecretHash, authenticatedBy }) {
      const methods = authenticatedBy?.join(' ') ?? null
      const rotated = await query(sql.rotate, [hexOf(id), secretHash, newSecretHash, methods])
      // In a statement of its own: having waited for a revocation of all but this session, the first
      // one knows the session's new epoch, but only the old one of the user.
      return rotated.length === 0 ? undefined : findNow(id)
    },

    async renew({ id, clientId, secretHash, newSecretHash, nonce, graceMs }) {
      const session = [hexOf(id), clientId]
      await query(sql.renew, [...session, secretHash, newSecretHash, nonce, graceMs])
      // In a statement of its own: see `rotate`.
      const [row] = await query(sql.renewed, session)
      return row && toRenewed(row, (found) => foundOf(found, found.at(-1)))
    },

    async update(id, version, data) {
      if ((await query(sql.update, [hexOf(id), version, data])).length === 1) return 'updated'
      return (await query(sql.exists, [hexOf(id)])).length === 1 ? 'conflict' : 'gone'
    },

    revoke: (selector, { replicated } = { replicated: replicateRevocations }) =>
      revoking(replicated, async (locally) => {
        if ('everybody' in selector) return endEverybody(locally)
        if ('sessionId' in selector) {
          const { sessionId, userId = null, familyHash = null } = selector
          const values = [hexOf(sessionId), bindOrNull(userId), familyHash, locally]
          return (await query(sql.revokeSession, values)).map(readId)
        }
        const { userId, except } = selector
        return endSessionsOf(userId, { raise: sql.raiseUser, except, locally })
      }),

    async list(userId) {
      const rows = await query(sql.list, [bind(userId)])
      return rows.map((row) => toListed(row, dialect, timeOf(row.at(-1))))
    },

    block: (userId, { replicated } = { replicated: replicateRevocations }) =>
      revoking(replicated, (locally) =>
        endSessionsOf(userId, { raise: sql.raiseAndBlock, locally }),
      ),

    async unblock(userId) {
      await query(sql.unblock, [bind(userId)])
    },

    async blockedAt(userId) {
      const [row] = await query(sql.blockedAt, [bind(userId)])
      return (row?.[0] ?? null) as number | null
    },

    async prune() {
      let removed = 0
      for (let last = nil; ; ) {
        const start = performance.now()
        const [page] = await query(sql.prunePage, [last, pageSize])
        const [count, seen, end] = page as [number, number, string]
        removed += count
        if (seen < pageSize) return removed
        last = end
        // Half of the time is everybody else's.
        await delay(performance.now() - start)
      }
    },

    async stats() {
      const [row] = await query(sql.stats)
      const [sessions, anonymous, expired, blockedUsers] = row as number[]
      return { sessions, anonymous, expired, blockedUsers } as StoreStats
    },

    async largestLease(atLeastMs) {
      const [row] = await query(sql.largestLease, [atLeastMs])
      return row?.[0] as number
    },

    signingKeys: createSigningKeys(query, sql, timeOf),
    ...(feed && { feed }),

    async close() {
      await feed?.close()
    },
  })
}

/** @throws {CloakroomError} `store_unavailable` where a standby was asked */
function timeOf(now: unknown): number {
  if (now === null) {
    throw unavailable('This PostgreSQL is a standby: it may not know yet of a revocation.')
  }
  return now as number
}
