import assert from 'node:assert/strict'
import type { UserId } from '../../src/core/user.ts'
import type { Site, SiteOptions } from './site.ts'
import type { Step } from './steps.ts'

/** A log-out while another request of the same browser is under way, which has loaded the session. */
export interface LogOutRace {
  readonly options: SiteOptions
  /** What the slow request does after the log-out. */
  readonly steps: readonly Step[]
}

export const logOutRaces: Readonly<Record<string, LogOutRace>> = {
  'a slow parallel request cannot undo a log-out': {
    options: { resave: false },
    steps: [{ set: { views: 1 } }],
  },
  'resave: true cannot undo a log-out': { options: { resave: true }, steps: [] },
}

/** Fails if the cookie opens the session after its log-out. Knows nothing of the store. */
export async function assertLogOutStands(
  site: Site,
  { steps }: LogOutRace,
  userId: UserId,
): Promise<void> {
  const browser = site.browser()
  await browser.does('regenerate', { set: { userId } })
  const stolen = site.browser(browser.cookie)

  const held = site.hold()
  const slow = browser.does('hold', ...steps)
  await held.reached
  assert.equal((await browser.does('destroy')).status, 200)
  held.release()
  assert.equal((await slow).status, 200)

  const { session } = await stolen.does()
  assert.equal(session.userId, undefined, 'the cookie opens the session that was logged out')
}
