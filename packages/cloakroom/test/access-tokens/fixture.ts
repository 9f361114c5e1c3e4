import { randomBytes } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type Cloakroom, cloakroom, type Store, type StoreFactory } from 'cloakroom'
import {
  type AccessTokenIssuer,
  type AccessTokenVerifier,
  type IssueAccessTokensOptions,
  issueAccessTokens,
  type JsonWebKeySet,
  verifyAccessTokens,
} from 'cloakroom/access-tokens'
import { memory } from 'cloakroom/memory'
import { signInAs, type TestClock, testClock } from 'cloakroom/testing'
import type { UsersLoader } from '../../src/core/user.ts'
import type { CloakroomOptions } from '../../src/options.ts'

export interface User {
  readonly id: string
  readonly email: string
  readonly admin: boolean
}

export const issuerUrl = 'https://auth.example'
export const orders = 'https://orders.example'
export const keyEncryptionKey: Buffer = randomBytes(32)

export interface Desk {
  readonly clock: TestClock
  readonly auth: Cloakroom<User>
  readonly store: StoreFactory<UsersLoader>
  issuer(options?: Partial<IssueAccessTokensOptions<User>>): Promise<AccessTokenIssuer<User>>
  /** Another process with the same database. */
  another(wrap?: (store: Store) => Store): Promise<Desk>
  /** A session that was just verified. */
  signIn(userId?: string): Promise<{ token: string; session: SessionOf; user: User }>
}

type SessionOf = Awaited<ReturnType<typeof signInAs<User, unknown, unknown>>>['session']

interface DeskOptions extends Partial<Omit<CloakroomOptions, 'store' | 'users' | 'data'>> {
  readonly wrap?: (store: Store) => Store
  /** Whether the store is opened with its feed. Default false. */
  readonly feed?: boolean
}

/** Sessions in memory on a clock that stands still, and issuers of access tokens for them. */
export async function openDesk(t: TestContext, options: DeskOptions = {}): Promise<Desk> {
  return openOn(t, memory({ feed: options.feed ?? false }), testClock(1_800_000_000_000), options)
}

async function openOn(
  t: TestContext,
  store: StoreFactory<UsersLoader>,
  clock: TestClock,
  { wrap = (each) => each, feed: _, ...options }: DeskOptions,
): Promise<Desk> {
  const wrapped: typeof store = {
    open: async (definition) => wrap(await store.open(definition)),
  }
  const auth = await cloakroom({
    origin: 'http://localhost:3000',
    store: wrapped,
    users: {
      load: async (id: string): Promise<User> => ({ id, email: `${id}@a.example`, admin: true }),
    },
    pruneIntervalSeconds: false,
    clock,
    ...options,
  })
  t.after(() => auth.close())
  return {
    clock,
    store,
    auth: auth as unknown as Cloakroom<User>,
    async issuer(issuerOptions = {}) {
      const issuer = await issueAccessTokens<User, string>({
        auth: auth as unknown as Cloakroom<User>,
        issuer: issuerUrl,
        audiences: { [orders]: { scopes: ['orders:read', 'orders:write'] } },
        keyEncryptionKey,
        ...issuerOptions,
      })
      t.after(() => issuer.close())
      return issuer
    },
    another: (wrapAnother) =>
      openOn(t, store, clock, { ...options, ...(wrapAnother && { wrap: wrapAnother }) }),
    async signIn(userId = 'alice') {
      const { token } = await signInAs(auth, userId, { methods: ['pwd'] })
      const verification = await auth.verify(token)
      if (verification.status !== 'authenticated') throw new Error(verification.reason)
      return { token, session: verification.session as SessionOf, user: verification.user as User }
    },
  }
}

/** A server of the test's own; its URL. */
export async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** The store, with something before each verb, and each of its signing keys. */
export function withBefore(store: Store, before: () => void): Store {
  const wrap = <T extends object>(verbs: T): T =>
    Object.fromEntries(
      Object.entries(verbs).map(([name, verb]: [string, unknown]) => {
        if (typeof verb !== 'function' || name === 'close') return [name, verb]
        const called = verb as (...values: unknown[]) => unknown
        return [
          name,
          async (...values: unknown[]) => {
            before()
            return called(...values)
          },
        ]
      }),
    ) as T
  return { ...wrap(store), ...(store.signingKeys && { signingKeys: wrap(store.signingKeys) }) }
}

/** One on the same clock, without tolerance. */
export function verifierOf(
  { clock }: Desk,
  jwks: () => Promise<JsonWebKeySet>,
): AccessTokenVerifier<string> {
  return verifyAccessTokens({
    issuer: issuerUrl,
    audience: orders,
    jwks,
    clock,
    clockToleranceSeconds: 0,
  })
}
