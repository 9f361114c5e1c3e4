import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RevocationFeed } from '../../core/revocation-feed.ts'
import { timeOf } from '../../core/session-id.ts'
import type { Created, Found, NewSession, Store, StoreStats } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import { toFound, toListed, toRenewed } from '../sql/rows.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import { sqliteDialect } from './dialect.ts'
import type { Connection, Row, Statement, Value } from './handle.ts'
import type { Lock } from './lock.ts'

import { createSigningKeys } from './signing-keys.ts'
import { type Statements, statements } from './statements.ts'

interface Parts {
  readonly connection: Connection
  readonly lock: Lock
  readonly users: UsersJoin
  readonly prefix: string
  readonly clock: () => number
  readonly feed: RevocationFeed | undefined
}

/** Rows that one transaction of the clean-up looks at: small, so that others get their turn. */
const pageSize = 200

export function createStore({ connection, lock, users, prefix, clock, feed }: Parts): Store {
  const run = prepareAll(connection, statements(prefix, users))
  const bind = users.bind as (id: UserId) => Value
  const bindOrNull = users.bindOrNull as (id: UserId | null) => Value

  function findNow(id: Uint8Array): Found | undefined {
    const row = run.find.get(id)
    return row && toFound(row, users, sqliteDialect, clock())
  }

  function createNow(session: NewSession): Created {
    const now = clock()
    const owners = [bindOrNull(session.userId), bindOrNull(session.impersonatorId)] as const
    const [epoch, blocked, active] = run.admission.get(...owners) as Row
    if (blocked === 1 || (session.epoch ?? epoch) !== epoch) return { outcome: 'superseded' }
    if (active !== 1) return { outcome: 'inactive' }

    const excess = excessOf(session, now)
    if (excess.length > 0 && session.cap?.whenReached === 'refuse') return { outcome: 'too_many' }
    const { replaces } = session
    const version = replaces?.version
    const carried = replaces && run.replaced.get(replaces.id, replaces.familyHash, version ?? null)
    if (version !== undefined && !carried) return { outcome: 'conflict' }
    const removed = excess.length === 0 ? [] : ids(run.remove.all(toJson(excess)))
    if (replaces && carried) removed.push(replaces.id)
    run.insert.run(
      session.id,
      session.secretHash,
      session.familyHash,
      ...owners,
      epoch as number,
      session.clientId,
      now,
      now,
      now + session.lifetimeMs,
      Number(session.persistent),
      session.authenticated ? now : null,
      session.methods.join(' '),
      session.ip,
      session.device,
      replaces?.carryData && carried ? (carried[0] as string) : session.data,
      (version ?? -1) + 1,
    )
    return { outcome: 'created', found: findNow(session.id) as Found, removed }
  }

  /** The user's oldest sessions, as many as are in the new one's way. */
  function excessOf({ userId, cap, replaces }: NewSession, now: number): Uint8Array[] {
    if (cap === undefined || userId === null) return []
    const begunAfter = [now - cap.absoluteTimeoutMs, now - cap.nonPersistentTimeoutMs] as const
    const leaving = [replaces?.id ?? null, replaces?.familyHash ?? null] as const
    const since = [now, now - cap.idleTimeoutMs, ...begunAfter] as const
    const live = ids(run.liveOf.all(bind(userId), ...since, ...leaving))
    return live.slice(0, Math.max(0, live.length - cap.limit + 1))
  }

  function revokeUser(userId: Value, except: Uint8Array | undefined, now: number): Uint8Array[] {
    run.raiseUser.run(userId, now)
    const kept = except !== undefined && run.keep.run(except, userId) === 1
    return ids(run.revokeUser.all(userId, kept ? except : null))
  }

  /** Deletes what is dead since the global epoch was raised; until then it is dead all the same. */
  async function removeDead(): Promise<Uint8Array[]> {
    const removed: Uint8Array[] = []
    for await (const page of pages(run.deadPage)) {
      const dead = page.filter(([, isDead]) => isDead === 1)
      if (dead.length === 0) continue
      removed.push(...(await lock.write(() => ids(run.remove.all(toJson(ids(dead)))))))
    }
    return removed
  }

  /** The whole table in order of the primary key, a page a turn of the event loop. */
  async function* pages(statement: Statement): AsyncGenerator<Row[]> {
    let last: Uint8Array = new Uint8Array()
    for (;;) {
      const after = last
      const page = await lock.read(() => statement.all(after, pageSize))
      yield page
      if (page.length < pageSize) return
      last = page.at(-1)?.[0] as Uint8Array
      await nextTurn()
    }
  }

  return Object.freeze<Store>({
    find: (id) => lock.read(() => findNow(id)),

    epoch: (userId, impersonatorId) =>
      lock.read(() => {
        const [epoch] = run.epoch.get(bindOrNull(userId), bindOrNull(impersonatorId)) as Row
        return epoch as number
      }),

    async create(session) {
      // Before the lock, which may be waited for longer than clocks may differ.
      const skewMs = Math.abs(timeOf(session.id) - clock())
      if (skewMs > (session.maxClockSkewMs ?? Infinity)) return { outcome: 'clock_skew' }
      return lock.write(() => createNow(session))
    },

    async touch(touched, untouchedForMs) {
      const now = clock()
      await lock.write(() => run.touch.run(now, toJson(touched), now - untouchedForMs))
    },

    rotate: ({ id, secretHash, newSecretHash, authenticatedBy }) =>
      lock.write(() => {
        const now = clock()
        if (run.rotate.run(newSecretHash, now, id, secretHash) === 0) return undefined
        if (authenticatedBy) run.reauthenticate.run(now, authenticatedBy.join(' '), id)
        return findNow(id)
      }),

    renew: ({ id, clientId, secretHash, newSecretHash, nonce, graceMs }) =>
      lock.write(() => {
        const now = clock()
        run.renew.run(newSecretHash, nonce, now, id, clientId, secretHash, now - graceMs)
        const row = run.renewed.get(id, clientId)
        return row && toRenewed(row, (found) => toFound(found, users, sqliteDialect, now))
      }),

    update: (id, version, data) =>
      lock.write(() => {
        if (run.update.run(data, id, version) === 1) return 'updated'
        return run.exists.get(id) === undefined ? 'gone' : 'conflict'
      }),

    async revoke(selector) {
      if ('everybody' in selector) {
        await lock.write(() => run.raiseEverybody.run())
        return removeDead()
      }
      if ('sessionId' in selector) {
        const owner = bindOrNull(selector.userId ?? null)
        const family = selector.familyHash ?? null
        return lock.write(() =>
          ids(run.revokeSession.all(selector.sessionId, owner, owner, family, family)),
        )
      }
      return lock.write(() => revokeUser(bind(selector.userId), selector.except, clock()))
    },

    list: (userId) =>
      lock.read(() => {
        const now = clock()
        return run.list.all(bind(userId)).map((row) => toListed(row, sqliteDialect, now))
      }),

    block: (userId) =>
      lock.write(() => {
        const now = clock()
        const ended = revokeUser(bind(userId), undefined, now)
        run.block.run(now, bind(userId))
        return ended
      }),

    unblock: (userId) => lock.write(() => void run.unblock.run(bind(userId))),

    blockedAt: (userId) =>
      lock.read(() => (run.blockedAt.get(bind(userId))?.[0] ?? null) as number | null),

    async prune() {
      let count = 0
      for await (const page of pages(run.prunePage)) {
        const now = clock()
        const expired = page.filter(([, expiresAt]) => (expiresAt as number) <= now)
        if (expired.length === 0) continue
        count += await lock.write(() => run.pruneRows.run(toJson(ids(expired)), now))
      }
      return count
    },

    stats: () =>
      lock.read(() => {
        const [sessions, anonymous, expired, blockedUsers] = run.stats.get(clock()) as number[]
        return { sessions, anonymous, expired, blockedUsers } as StoreStats
      }),

    async largestLease(atLeastMs) {
      if (atLeastMs > 0) await lock.write(() => run.raiseLease.run(atLeastMs))
      return lock.read(() => run.largestLease.get()?.[0] as number)
    },

    signingKeys: createSigningKeys(connection, { lock, prefix, clock }),
    ...(feed && { feed }),

    async close() {
      await feed?.close()
    },
  })
}

function prepareAll(
  connection: Connection,
  texts: Statements,
): { readonly [Name in keyof Statements]: Statement } {
  const prepared = Object.entries(texts).map(([name, sql]) => [name, connection.prepare(sql)])
  return Object.fromEntries(prepared) as { [Name in keyof Statements]: Statement }
}

function ids(rows: readonly Row[]): Uint8Array[] {
  return rows.map(([id]) => id as Uint8Array)
}

function toJson(list: readonly Uint8Array[]): string {
  return JSON.stringify(list.map((id) => Buffer.from(id).toString('hex')))
}
