import session, { type Store } from 'express-session'
import type { Users } from '../../src/core/user.ts'
import { expressSessionStore, type SignInVerbs } from '../../src/express-session/index.ts'
import * as storeFixture from '../../src/testing/fixture.ts'
import type { StoreHarness } from '../../src/testing/index.ts'
import { openSite, type Site, type SiteOptions } from './site.ts'

type Auth = storeFixture.Auth

/** What every case gets: empty data, some users whose ids are numbers, and sites on it. */
export interface Fixture extends storeFixture.Fixture {
  /** An application that keeps the user id in `userId`, in `user.id`, or with Passport. */
  site(auth: Auth, options?: SiteOptions): Promise<Site>
}

export type Cases = Readonly<Record<string, (fixture: Fixture) => Promise<void>>>

export async function withFixture<U extends Users>(
  harness: StoreHarness<U>,
  run: (fixture: Fixture) => Promise<void>,
): Promise<void> {
  await storeFixture.withFixture(harness, 'integer', async (fixture) => {
    const sites: Site[] = []
    const site = async (auth: Auth, options?: SiteOptions) => {
      const opened = await openSite(storeOf(auth), options)
      sites.push(opened)
      return opened
    }
    try {
      await run({ ...fixture, site })
    } finally {
      for (const each of sites) await each.close()
    }
  })
}

function storeOf(auth: Auth): Store & SignInVerbs {
  return expressSessionStore(auth, {
    session,
    userId: ({ userId, user, passport }) => userId ?? user?.id ?? passport?.user,
  })
}
