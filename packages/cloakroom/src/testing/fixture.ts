import { type Cloakroom, cloakroom } from '../cloakroom.ts'
import type { JsonObject } from '../core/session.ts'
import type { Store, StoreFactory } from '../core/store.ts'
import type { AnyUser, UserId, UserIdType, Users } from '../core/user.ts'
import type { CloakroomOptions } from '../options.ts'
import { sampleUserId } from './sample-user-id.ts'
import type { StoreHarness } from './store-harness.ts'

export type Auth = Cloakroom<AnyUser, JsonObject, JsonObject>

export type AuthOptions = Partial<Omit<CloakroomOptions, 'store' | 'users' | 'data'>>

/** What every case of the suite gets: a store on empty data, and three users. */
export interface Fixture
  extends Pick<StoreHarness, 'addUser' | 'removeUser' | 'deactivateUser' | 'clock' | 'advance'> {
  readonly userIdType: UserIdType
  readonly alice: UserId
  readonly bob: UserId
  readonly carol: UserId
  /** The id of nobody. */
  readonly stranger: UserId
  readonly precisionMs: number
  readonly store: Store
  /** The same data over another connection. */
  another(): Promise<Store>
  /** The public API on the store. `wrap` puts something around it. */
  auth(options?: AuthOptions, wrap?: (store: Store) => Store): Promise<Auth>
  /** The same over another connection, as another process would have it. */
  authElsewhere(options?: AuthOptions): Promise<Auth>
  breakDown(): Promise<void>
}

export async function withFixture<U extends Users>(
  harness: StoreHarness<U>,
  userIdType: UserIdType,
  run: (fixture: Fixture) => Promise<void>,
): Promise<void> {
  const opened: { close(): Promise<void> }[] = []
  const { users, clock } = harness

  async function open(factory: StoreFactory<U>): Promise<Store> {
    const store = await factory.open({ users, clock })
    opened.push(store)
    return store
  }

  async function openAuth(
    options: AuthOptions,
    factory: StoreFactory<U>,
    wrap: (store: Store) => Store = (store) => store,
  ): Promise<Auth> {
    // The clock in the options may be a wrong one; that of the store is always right.
    const store: StoreFactory<U> = { open: async () => wrap(await factory.open({ users, clock })) }
    const auth = await cloakroom<U>({
      origin: 'http://localhost:3000',
      pruneIntervalSeconds: false,
      clock,
      users,
      store: store as StoreFactory<NoInfer<U>>,
      ...options,
    })
    opened.push(auth)
    return auth as unknown as Auth
  }

  const [alice, bob, carol, stranger] = [0, 1, 2, 3].map((n) => sampleUserId(userIdType, n)) as [
    UserId,
    UserId,
    UserId,
    UserId,
  ]
  try {
    for (const id of [alice, bob, carol]) await harness.addUser(id)
    await run({
      userIdType,
      alice,
      bob,
      carol,
      stranger,
      clock,
      precisionMs: harness.precisionMs,
      addUser: (id) => harness.addUser(id),
      removeUser: (id) => harness.removeUser(id),
      deactivateUser: (id) => harness.deactivateUser(id),
      advance: (seconds) => harness.advance(seconds),
      store: await open(harness.store),
      another: async () => open(await harness.another()),
      auth: (options = {}, wrap) => openAuth(options, harness.store, wrap),
      authElsewhere: async (options = {}) => openAuth(options, await harness.another()),
      async breakDown() {
        if (harness.breakDown === undefined) {
          throw new Error('The harness has no breakDown: skip this test, and say why')
        }
        await harness.breakDown()
      },
    })
  } finally {
    for (const each of opened.reverse()) await each.close()
    await harness.close()
  }
}
