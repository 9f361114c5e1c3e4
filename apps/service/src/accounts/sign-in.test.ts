import assert from 'node:assert/strict'
import { after, type TestContext, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RequestHead } from 'cloakroom'
import { newDatabase } from '../../test/new-database.ts'
import { type RandomInteger, seededRandom } from '../../test/seeded-random.ts'
import { openDatabase } from '../database/database.ts'
import { openSessions } from '../open-sessions.ts'
import type { Actor } from '../service.ts'
import { createAccounts } from './accounts.ts'
import { passwordCheck } from './check-password.ts'
import { ownAccount } from './own-account.ts'
import type { Passwords } from './passwords.ts'
import { signInWith } from './sign-in.ts'
import { createThrottle } from './throttle.ts'

const place = await newDatabase()
after(() => place.remove())

const origin = 'http://localhost:3000'
const absent = { cookie: undefined, authorization: undefined, secFetchSite: undefined }
const anonymous: RequestHead = {
  ...absent,
  method: 'POST',
  origin,
  userAgent: undefined,
  ip: '::1',
}
const oldPassword = 'the old passphrase'
const newPassword = 'the new passphrase'

/**
 * The real thing, but that checking a password takes a random number of steps and no time, and that
 * it tells the moments at which things happened.
 */
async function assemble(test: TestContext, random: RandomInteger) {
  const database = await openDatabase(place.address)
  await database.migrate()
  const accounts = createAccounts(database, Date.now)
  const { auth, close } = await openSessions({
    origin,
    dangerouslySharedCookieDomain: undefined,
    database,
    address: place.address,
    hasFeed: false,
    cacheLeaseSeconds: 0,
    sessionStoreUrl: place.environment.SESSION_STORE_URL,
    onError: assert.ifError,
    clock: Date.now,
  })
  test.after(async () => {
    await close()
    await database.close()
  })
  const step = place.kind === 'sqlite' ? nextTurn : () => database.one('select 1')
  const wait = async () => {
    for (let steps = random(12); steps > 0; steps -= 1) await step()
  }
  const passwords: Passwords = {
    hash: async (password) => wait().then(() => `hash of ${password}`),
    checking: (work) =>
      work(async (password, hash) => wait().then(() => hash === `hash of ${password}`)),
    isOutdated: () => false,
  }
  const throttle = createThrottle(database, Date.now, assert.ifError)
  const log = () => {}
  const checkPassword = passwordCheck({ accounts, passwords, throttle, log })
  const parts = { auth, accounts, passwords, checkPassword, oauth: undefined, log, words: [] }

  let moments = 0
  const moment = () => {
    moments += 1
    return moments
  }

  /** `checkedAt`: its password was about to be checked; `issuedAt`: its session to be made. */
  async function signIn(email: string) {
    const at = { checkedAt: 0, issuedAt: 0 }
    const http: typeof auth.http = {
      ...auth.http,
      signIn(...given) {
        at.issuedAt = moment()
        return auth.http.signIn(...given)
      },
    }
    const observed: typeof parts = {
      ...parts,
      auth: { ...auth, http },
      async checkPassword(question) {
        at.checkedAt = moment()
        return checkPassword(question)
      },
    }
    const credentials = { email, password: oldPassword }
    const to = { head: anonymous, transport: 'bearer', persistent: true } as const
    return { ...(await signInWith(observed).signIn(credentials, to)), ...at }
  }

  /** Returns the moment from which the old password was not the user's any more. */
  async function changePassword(actor: Actor, keepOthers: boolean, head: RequestHead) {
    let changedAt = 0
    const observed: typeof accounts = {
      ...accounts,
      async changePassword(...given) {
        const changed = await accounts.changePassword(...given)
        changedAt = moment()
        return changed
      },
    }
    const change = { current: oldPassword, next: newPassword, keepOthers }
    await ownAccount({ ...parts, accounts: observed }).changePassword(actor, change, head)
    return changedAt
  }

  return { auth, accounts, database, wait, moment, signIn, changePassword }
}

const acts = ['block', 'revoke_all', 'change_password', 'change_password_keeping_others'] as const
const rounds = place.kind === 'sqlite' ? 1000 : 120

test(`${rounds} interleavings: a sign-in begun before a block, a log-out everywhere or a password change gets no session`, async (t) => {
  const random = seededRandom(t)
  const parts = await assemble(t, random)
  const { auth, accounts, database, wait, moment, signIn, changePassword } = parts
  const seen = { refused: 0, live: 0 }

  for (let round = 0; round < rounds; round += 1) {
    const act = acts[round % acts.length] as (typeof acts)[number]
    const email = `user${round}@example.com`
    const user = await accounts.add(database, email, `hash of ${oldPassword}`)
    assert.ok(user)
    const { token: ownToken, ...actor } = await signIn(email)
    const head = { ...anonymous, authorization: `Bearer ${ownToken}` }

    const acting = async () => {
      await wait()
      const actedAt = moment()
      return { actedAt, changedAt: await perform(act, actor as Actor, head) }
    }
    const signingIn = async () => {
      await wait()
      return signIn(email).catch((error) => {
        assert.equal(error.code, 'invalid_credentials')
        return undefined
      })
    }
    const [acted, ...signIns] = await Promise.all([acting(), signingIn(), signingIn(), signingIn()])

    for (const issued of signIns) {
      if (issued === undefined) seen.refused += 1
      const { status } = await auth.verify(issued?.token)
      if (issued === undefined || status !== 'authenticated') continue
      seen.live += 1
      const { checkedAt, issuedAt } = issued
      const context = JSON.stringify({ round, act, ...acted, checkedAt, issuedAt })
      // Whoever knew only the old password is out, whenever they came.
      assert.ok(act !== 'block' && act !== 'change_password', context)
      if (act === 'revoke_all') assert.ok(checkedAt > acted.actedAt, context)
      // It was there before the password changed.
      else assert.ok(issuedAt < acted.changedAt, context)
    }
  }
  t.diagnostic(JSON.stringify(seen))
  assert.ok(seen.refused > rounds / 10 && seen.live > rounds / 10)

  async function perform(act: (typeof acts)[number], actor: Actor, head: RequestHead) {
    const userId = actor.user.id
    if (act === 'block') await auth.block(userId)
    else if (act === 'revoke_all') await auth.revoke({ userId })
    else return changePassword(actor, act === 'change_password_keeping_others', head)
    return 0
  }
})
