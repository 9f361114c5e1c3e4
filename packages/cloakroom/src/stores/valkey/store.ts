import type { Durability, Store } from '../../core/store.ts'
import type { Calls } from './calls.ts'
import { createSession } from './create-session.ts'
import {
  bucketOfHex,
  bucketOfOwner,
  groupByBucket,
  hexOf,
  type Kind,
  ownerOf,
  toBuffer,
} from './keys.ts'
import type { Link, Reply } from './link.ts'
import { pruneSessions } from './prune-sessions.ts'
import { revokeSessions, revokeUser } from './revoke-sessions.ts'
import { lineageOf, toText, toTexts } from './row.ts'
import { scanKeys } from './scan.ts'
import type { Script } from './scripts/script.ts'
import { count, renew, rotate, touch, update } from './scripts/sessions.ts'
import { countBlocked, list, unblock } from './scripts/users.ts'
import { createSigningKeys } from './signing-keys.ts'
import {
  attemptLifetimeMs,
  findSession,
  type Parts,
  readEpoch,
  readSnapshot,
  toFound,
  toListed,
  toSnapshot,
} from './snapshots.ts'
import { settleStrays } from './strays.ts'

/** Runs something so that what it acknowledges is as durable as asked for. */
export type Lastingly = <Result>(
  durability: Durability | undefined,
  work: (calls: Calls) => Promise<Result>,
) => Promise<Result>

export function createStore(
  parts: Parts,
  link: Link,
  lastingly: Lastingly,
  close: () => Promise<void>,
): Store {
  const { calls, keys, isCluster } = parts

  return {
    find: (id) => findSession(parts, id),

    async epoch(userId, impersonatorId) {
      if (userId === null) return readEverybody()
      const ids = impersonatorId === null ? [userId] : [userId, impersonatorId]
      const [user, impersonator] = await Promise.all(ids.map((id) => readEpoch(parts, ownerOf(id))))
      const { epoch, everybody } = user as NonNullable<typeof user>
      return epoch + everybody + (impersonator?.epoch ?? 0)
    },

    create: (session) => createSession(parts, session),

    async touch(ids, untouchedForMs) {
      const sessions = ids.map((id) => keys.session(hexOf(id)))
      await Promise.all(
        [...groupByBucket(sessions, isCluster)].map(([home, group]) => {
          const args = [String(untouchedForMs), ...group.map((key) => key.slice(-32))]
          return calls.run(touch, { home, keys: group, args })
        }),
      )
    },

    async rotate({ id, secretHash, newSecretHash, authenticatedBy }) {
      const hex = hexOf(id)
      const [outcome, strays, ...found] = await calls.run(rotate, {
        home: bucketOfHex(hex),
        keys: [keys.session(hex)],
        args: [
          ...[hex, toBuffer(secretHash), toBuffer(newSecretHash)],
          ...[authenticatedBy ? '1' : '0', authenticatedBy?.join(' ') ?? ''],
        ],
      })
      if (toText(outcome ?? null) !== 'rotated') return undefined
      await settleStrays(parts, strays, 'all')
      const snapshot = toSnapshot(found)
      return snapshot && toFound(parts, id, snapshot)
    },

    async renew({ id, clientId, secretHash, newSecretHash, nonce, graceMs }) {
      const hex = hexOf(id)
      const [, strays, ...found] = await calls.run(renew, {
        home: bucketOfHex(hex),
        keys: [keys.session(hex)],
        args: [
          ...[hex, clientId, toBuffer(secretHash), toBuffer(newSecretHash)],
          ...[toBuffer(nonce), String(graceMs)],
        ],
      })
      await settleStrays(parts, strays, 'all')
      const snapshot = toSnapshot(found)
      if (snapshot === undefined) return undefined
      return { found: await toFound(parts, id, snapshot), ...lineageOf(snapshot.row) }
    },

    async update(id, version, data) {
      const hex = hexOf(id)
      const [outcome, strays] = await calls.run(update, {
        home: bucketOfHex(hex),
        keys: [keys.session(hex)],
        args: [hex, String(version), data],
      })
      await settleStrays(parts, strays, 'all')
      return toText(outcome ?? null) as 'updated' | 'conflict' | 'gone'
    },

    revoke: (selector, durability) =>
      lastingly(durability, (lasting) => revokeSessions(parts, link, lasting, selector)),

    async list(userId) {
      const owner = ownerOf(userId)
      const [now, everybody, state, near, far] = await calls.run(list, {
        home: bucketOfOwner(owner),
        keys: [keys.state(owner), keys.index(owner)],
        args: [owner],
      })
      const here = (near as readonly (readonly Reply[])[]).map(([id, row, impersonator]) => {
        const parts = [now, row, everybody, state, impersonator] as readonly Reply[]
        return [toText(id), toSnapshot(parts)] as const
      })
      const elsewhere = toTexts(far).map(async (id) => [id, await readSnapshot(parts, id)] as const)
      const listed = await Promise.all(
        [...here, ...(await Promise.all(elsewhere))].flatMap(([id, snapshot]) =>
          id !== null && snapshot ? [toListed(parts, id, snapshot)] : [],
        ),
      )
      return listed
        .filter(({ session }) => session.userId === userId)
        .sort(
          ({ session: a }, { session: b }) =>
            b.createdAt - a.createdAt || Buffer.compare(b.id, a.id),
        )
    },

    block: (userId, durability) =>
      lastingly(durability, (lasting) => revokeUser(parts, lasting, { userId, isBlock: true })),

    async unblock(userId) {
      const owner = ownerOf(userId)
      await calls.run(unblock, {
        home: bucketOfOwner(owner),
        keys: [keys.state(owner)],
        args: [owner, String(attemptLifetimeMs)],
      })
    },

    async blockedAt(userId) {
      const key = keys.state(ownerOf(userId))
      const blockedAt = toText(await calls.command(key, ['hget', key, 'blocked']))
      return blockedAt === null ? null : Number(blockedAt)
    },

    prune: () => pruneSessions(parts, link),

    async stats() {
      const [sessions = 0, anonymous = 0, expired = 0] = await countKeys('s', count)
      const [blockedUsers = 0] = await countKeys('u', countBlocked)
      return { sessions, anonymous, expired, blockedUsers }
    },

    async largestLease(atLeastMs) {
      const key = keys.lease()
      if (atLeastMs > 0) await calls.command(key, ['zadd', key, 'gt', String(atLeastMs), 'ms'])
      return Number(toText(await calls.command(key, ['zscore', key, 'ms'])) ?? 0)
    },

    // A withdrawn key must not come back with a replica that did not have the withdrawal.
    signingKeys: createSigningKeys(calls, keys, (work) => lastingly(undefined, work)),

    close,
  }

  /** Adds up what a script answers of all keys of a kind. */
  async function countKeys(kind: Kind, script: Script): Promise<number[]> {
    const sums: number[] = []
    const seen = new Set<string>()
    await scanKeys(parts, link, kind, async (group, home) => {
      const unseen = group.filter((key) => seen.size < seen.add(key).size)
      if (unseen.length === 0) return
      const [, ...counts] = await calls.run(script, { home, keys: unseen })
      for (const [index, each] of counts.entries()) {
        sums[index] = (sums[index] ?? 0) + (each as number)
      }
    })
    return sums
  }

  async function readEverybody(): Promise<number> {
    const key = keys.everybody('000')
    return Number(toText(await calls.command(key, ['get', key])) ?? 0)
  }
}
