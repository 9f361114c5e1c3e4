import { type Cloakroom, cloakroom } from 'cloakroom'
import { leasedCache } from 'cloakroom/cache'
import { createAccounts } from './accounts/accounts.ts'
import type { DatabaseAddress } from './config.ts'
import { type Database, openDatabase } from './database/database.ts'
import { noData } from './no-data.ts'
import type { ServiceUser, SessionData } from './service.ts'

interface SessionOptions {
  readonly origin: string
  /** `undefined`: the cookie is for the host of `origin` alone. */
  readonly dangerouslySharedCookieDomain: string | undefined
  /** With the users. */
  readonly database: Database
  /** Of the same database: whoever is only authenticated gets connections of their own. */
  readonly address: DatabaseAddress
  /** `undefined`: sessions are beside the users. */
  readonly sessionStoreUrl: string | undefined
  /** Whether to follow what other processes end. */
  readonly hasFeed: boolean
  /** 0: every request is verified by the store. */
  readonly cacheLeaseSeconds: number
  readonly onError: (error: unknown) => void
  readonly clock: () => number
}

export interface OpenSessions {
  readonly auth: Cloakroom<ServiceUser, SessionData, SessionData>
  close(): Promise<void>
}

/** Puts Cloakroom together, with its sessions beside the users or in a Valkey. */
export async function openSessions(options: SessionOptions): Promise<OpenSessions> {
  const { origin, database, address, sessionStoreUrl, onError, clock } = options
  const { dangerouslySharedCookieDomain: shared, cacheLeaseSeconds: leaseSeconds } = options
  const hasFeed = options.hasFeed || leaseSeconds > 0
  const common = {
    origin,
    data: noData,
    transports: ['cookie', 'bearer'],
    ...(leaseSeconds > 0 && { cache: leasedCache({ leaseSeconds }) }),
    ...(shared !== undefined && { cookie: { dangerouslySharedDomain: shared } }),
    // Nobody has so many devices, and a script that signs in again and again stays harmless.
    maxSessionsPerUser: { limit: 100, whenReached: 'end_oldest' },
    onError,
    clock,
  } as const

  if (sessionStoreUrl === undefined) {
    const auth = await cloakroom({
      ...common,
      store: database.sessionStore(hasFeed),
      users: {
        table: 'users',
        id: { type: 'uuid' },
        active: 'not banned',
        select: {
          email: 'text',
          emailVerified: { column: 'email_verified', type: 'boolean' },
          admin: 'boolean',
        },
      },
    })
    return { auth, close: auth.close }
  }

  const { connectValkey } = await import('./connect-valkey.ts')
  const { store, disconnect } = await connectValkey(sessionStoreUrl, hasFeed)
  const reader = await openDatabase(address)
  const { findActive } = createAccounts(reader, clock)
  const auth = await cloakroom({ ...common, store, users: { idType: 'uuid', load: findActive } })
  return {
    auth,
    async close() {
      await auth.close()
      disconnect()
      await reader.close()
    },
  }
}
