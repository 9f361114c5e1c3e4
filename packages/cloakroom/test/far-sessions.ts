import type { Found, Listed, Store, StoreFactory } from '../src/core/store.ts'
import type { UsersLoader } from '../src/core/user.ts'

/**
 * The same store, to which sessions have other ids than to its user: in a cluster each session is then
 * in another slot than its user, as those are whose ids somebody else made.
 */
export function farSessions(factory: StoreFactory<UsersLoader>): StoreFactory<UsersLoader> {
  return { open: async (definition) => wrap(await factory.open(definition)) }
}

/** Its own inverse: the bits of the bucket change by others of the id, which stay. */
function elsewhere(id: Uint8Array): Uint8Array {
  const moved = Uint8Array.from(id)
  moved[6] = (id[6] as number) ^ ((id[14] as number) & 0x0f)
  moved[7] = (id[7] as number) ^ (id[15] as number)
  return moved
}

function wrap(store: Store): Store {
  return {
    ...store,
    find: async (id) => moveFound(await store.find(elsewhere(id))),
    async create({ id, replaces, ...session }) {
      const replaced = replaces && { ...replaces, id: elsewhere(replaces.id) }
      const created = await store.create({ ...session, id: elsewhere(id), replaces: replaced })
      if (created.outcome !== 'created') return created
      const { found, removed } = created
      return { outcome: 'created', found: move(found), removed: removed.map(elsewhere) }
    },
    touch: (ids, untouchedForMs) => store.touch(ids.map(elsewhere), untouchedForMs),
    rotate: async (rotation) =>
      moveFound(await store.rotate({ ...rotation, id: elsewhere(rotation.id) })),
    async renew(renewal) {
      const renewed = await store.renew({ ...renewal, id: elsewhere(renewal.id) })
      return renewed && { ...renewed, found: move(renewed.found) }
    },
    update: (id, version, data) => store.update(elsewhere(id), version, data),
    async revoke(selector, durability) {
      if ('sessionId' in selector) {
        const sessionId = elsewhere(selector.sessionId)
        return (await store.revoke({ ...selector, sessionId }, durability)).map(elsewhere)
      }
      if ('everybody' in selector) return (await store.revoke(selector, durability)).map(elsewhere)
      const except = selector.except && elsewhere(selector.except)
      return (await store.revoke({ ...selector, except }, durability)).map(elsewhere)
    },
    list: async (userId) => (await store.list(userId)).map(move),
    block: async (userId, durability) => (await store.block(userId, durability)).map(elsewhere),
  }
}

function moveFound(found: Found | undefined): Found | undefined {
  return found && move(found)
}

function move<Row extends Listed>(row: Row): Row {
  return { ...row, session: { ...row.session, id: elsewhere(row.session.id) } }
}
