import type { Invalidation } from './revocation-feed.ts'
import type { Store } from './store.ts'

/**
 * The store, telling this process's own cache of what it changes: when the change is issued, so that
 * nothing read before is believed meanwhile, and again before its promise resolves, for what was read
 * while it was made. The process that revokes does not wait for the feed to hear of itself.
 */
export function announcedStore(store: Store, announce: (what: Invalidation) => void): Store {
  async function around<Result>(
    what: Invalidation,
    change: () => Promise<Result>,
  ): Promise<Result> {
    announce(what)
    try {
      return await change()
    } finally {
      // After a failure, too: it may have been made all the same.
      announce(what)
    }
  }

  return Object.freeze<Store>({
    find: (id) => store.find(id),
    epoch: (userId, impersonatorId) => store.epoch(userId, impersonatorId),
    async create(session) {
      const { replaces } = session
      const ending = { sessionIds: replaces === undefined ? [] : [replaces.id] }
      const created = await (replaces === undefined
        ? store.create(session)
        : around(ending, () => store.create(session)))
      if (created.outcome === 'created' && created.removed.length > 0) {
        announce({ sessionIds: created.removed })
      }
      return created
    },
    touch: (ids, untouchedForMs) => store.touch(ids, untouchedForMs),
    rotate: (rotation) => around({ sessionIds: [rotation.id] }, () => store.rotate(rotation)),
    renew: (renewal) => around({ sessionIds: [renewal.id] }, () => store.renew(renewal)),
    update: (id, version, data) =>
      around({ sessionIds: [id] }, () => store.update(id, version, data)),
    revoke: (selector, durability) =>
      around(toInvalidation(selector), () => store.revoke(selector, durability)),
    list: (userId) => store.list(userId),
    block: (userId, durability) =>
      around({ userIds: [userId] }, () => store.block(userId, durability)),
    unblock: (userId) => around({ userIds: [userId] }, () => store.unblock(userId)),
    blockedAt: (userId) => store.blockedAt(userId),
    prune: () => store.prune(),
    stats: () => store.stats(),
    largestLease: (atLeastMs) => store.largestLease(atLeastMs),
    ...(store.feed && { feed: store.feed }),
    ...(store.signingKeys && { signingKeys: store.signingKeys }),
    close: () => store.close(),
  })
}

function toInvalidation(selector: Parameters<Store['revoke']>[0]): Invalidation {
  if ('everybody' in selector) return selector
  if ('sessionId' in selector) return { sessionIds: [selector.sessionId] }
  return { userIds: [selector.userId] }
}
