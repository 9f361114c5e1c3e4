import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { cloakroom, type RequestHead } from 'cloakroom'
import { sqlite } from 'cloakroom/sqlite'
import { type RandomInteger, seededRandom } from '../../test/seeded-random.ts'
import { connect, openDatabase } from '../database/database.ts'
import { migrate } from '../database/migrate.ts'
import { noData } from '../no-data.ts'
import type { Actor } from '../service.ts'
import { createAccounts } from './accounts.ts'
import { passwordCheck } from './check-password.ts'
import { ownAccount } from './own-account.ts'
import type { Passwords } from './passwords.ts'
import { signInWith } from './sign-in.ts'
import { createThrottle } from './throttle.ts'

const folder = mkdtempSync(join(tmpdir(), 'sign-in-'))
after(() => rmSync(folder, { recursive: true }))

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

/** The real thing, but that checking a password takes a random number of turns and no time. */
async function assemble(random: RandomInteger) {
  const path = join(folder, 'races.sqlite')
  const database = openDatabase(path)
  await migrate(database)
  const sessions = connect(path)
  const auth = await cloakroom({
    origin,
    store: sqlite(sessions, { migrate: true }),
    users: {
      table: 'users',
      id: { type: 'uuid' },
      active: 'not banned',
      select: { email: 'text', admin: 'boolean' },
    },
    data: noData,
    transports: ['cookie', 'bearer'],
  })
  // Thousands of commits, and no power failure to survive.
  for (const connection of [database, sessions]) connection.exec('pragma synchronous = off')
  const wait = async () => {
    for (let turns = random(12); turns > 0; turns -= 1) await nextTurn()
  }
  const passwords: Passwords = {
    hash: async (password) => wait().then(() => `hash of ${password}`),
    checking: (work) =>
      work(async (password, hash) => wait().then(() => hash === `hash of ${password}`)),
    isOutdated: () => false,
  }
  const accounts = createAccounts(database, Date.now)
  const throttle = createThrottle(database, Date.now, assert.ifError)
  const log = () => {}
  const checkPassword = passwordCheck({ accounts, passwords, throttle, log })
  const parts = { auth, accounts, passwords, checkPassword, log, words: [] }
  const signIn = signInWith(parts)
  const to = { head: anonymous, transport: 'bearer', persistent: true } as const
  return {
    auth,
    accounts,
    wait,
    ...ownAccount(parts),
    signIn: (email: string) => signIn({ email, password: oldPassword }, to),
    addUser: (email: string) => database.write(() => accounts.add(email, `hash of ${oldPassword}`)),
  }
}

const acts = ['block', 'revoke_all', 'change_password', 'change_password_keeping_others'] as const

test('1000 interleavings: a sign-in begun before a block, a log-out everywhere or a password change gets no session', async (t) => {
  const random = seededRandom(t)
  const { auth, signIn, addUser, changePassword, wait } = await assemble(random)
  const seen = { refused: 0, live: 0 }
  let isOver = false
  t.after(() => {
    isOver = true
  })
  let turn = 0
  void (async () => {
    for (; !isOver; turn += 1) await nextTurn()
  })()

  for (let round = 0; round < 1000; round += 1) {
    const act = acts[round % acts.length] as (typeof acts)[number]
    const email = `user${round}@example.com`
    const user = await addUser(email)
    assert.ok(user)
    const { token: ownToken, ...actor } = await signIn(email)
    const head = { ...anonymous, authorization: `Bearer ${ownToken}` }

    let events = 0
    const acting = async () => {
      await wait()
      events += 1
      const began = events
      await perform(act, actor as Actor, head)
      return { began, endedInTurn: turn }
    }
    const signingIn = async () => {
      await wait()
      events += 1
      const began = events
      const issued = await signIn(email).catch((error) => {
        assert.equal(error.code, 'invalid_credentials')
        return undefined
      })
      return { began, endedInTurn: turn, token: issued?.token }
    }
    const [acted, ...signIns] = await Promise.all([acting(), signingIn(), signingIn(), signingIn()])

    for (const { began, endedInTurn, token } of signIns) {
      if (token === undefined) seen.refused += 1
      const { status } = await auth.verify(token)
      if (status !== 'authenticated') continue
      seen.live += 1
      const context = JSON.stringify({ round, act, acted, began, endedInTurn })
      // Whoever knew only the old password is out, whenever they came.
      assert.ok(act !== 'block' && act !== 'change_password', context)
      if (act === 'revoke_all') assert.ok(began > acted.began, context)
      // It was there before the password changed.
      else assert.ok(endedInTurn <= acted.endedInTurn, context)
    }
  }
  t.diagnostic(JSON.stringify(seen))
  assert.ok(seen.refused > 100 && seen.live > 100)

  function perform(act: (typeof acts)[number], actor: Actor, head: RequestHead) {
    const userId = actor.user.id
    if (act === 'block') return auth.block(userId)
    if (act === 'revoke_all') return auth.revoke({ userId })
    const keepOthers = act === 'change_password_keeping_others'
    return changePassword(actor, { current: oldPassword, next: newPassword, keepOthers }, head)
  }
})
