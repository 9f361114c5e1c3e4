import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RequestHead } from 'cloakroom'
import { createPasswords } from '../src/accounts/passwords.ts'
import type { Actor, IssuedSession } from '../src/service.ts'
import { password } from './client.ts'
import { startService, type TestService } from './start-service.ts'

let running: TestService
/** Called where a password is about to be checked. */
let beforeCheck = async () => {}
before(async () => {
  const passwords = await createPasswords()
  running = await startService({
    environment: { TRUST_PROXY_HOPS: '1' },
    passwords: {
      ...passwords,
      checking: (work) =>
        passwords.checking((verify) =>
          work(async (password, hash) => {
            await beforeCheck()
            return verify(password, hash)
          }),
        ),
    },
  })
})
after(() => running.stop())

const next = 'another long passphrase'
let users = 0

async function newEmail(): Promise<string> {
  users += 1
  const email = `user${users}@example.com`
  // From an address of its own: what is slowed down here is not the subject.
  await running.service.signUp({ email, password }, headFrom(`192.0.2.${users}`))
  return email
}

function headFrom(ip: string): RequestHead {
  const { origin } = running
  const absent = { cookie: undefined, authorization: undefined, secFetchSite: undefined }
  return { ...absent, method: 'POST', origin, userAgent: undefined, ip }
}

function signIn(email: string, secret = password): Promise<IssuedSession> {
  const to = { head: headFrom('203.0.113.1'), transport: 'bearer', persistent: true } as const
  return running.service.signIn({ email, password: secret }, to)
}

async function actorOf(email: string): Promise<{ actor: Actor; head: RequestHead }> {
  const { token, ...actor } = await signIn(email)
  return { actor, head: { ...headFrom('203.0.113.1'), authorization: `Bearer ${token}` } }
}

/** Runs `act` while the password of a sign-in is being checked. */
async function whileChecking(email: string, act: () => Promise<unknown>): Promise<IssuedSession> {
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
  const { promise: acted, resolve: goOn } = Promise.withResolvers<void>()
  beforeCheck = async () => {
    beforeCheck = async () => {}
    begin()
    await acted
  }
  const signingIn = signIn(email)
  signingIn.catch(() => {})
  await begun
  await act()
  goOn()
  return signingIn
}

test('a sign-in whose check began before a block gets no session', async () => {
  const email = await newEmail()
  const { actor } = await actorOf(email)
  const { auth } = running.service
  await assert.rejects(
    whileChecking(email, () => auth.block(actor.user.id)),
    { code: 'invalid_credentials' },
  )
  assert.deepEqual(await auth.list(actor.user.id), [])
})

test('a sign-in whose check began before all sessions were ended gets no session', async () => {
  const email = await newEmail()
  const { actor } = await actorOf(email)
  const { auth } = running.service
  await assert.rejects(
    whileChecking(email, () => auth.revoke({ userId: actor.user.id })),
    { code: 'invalid_credentials' },
  )
  await assert.rejects(
    whileChecking(email, () => auth.revoke({ everybody: true })),
    { code: 'invalid_credentials' },
  )
  assert.deepEqual(await auth.list(actor.user.id), [])
})

test('a sign-in with the old password, begun before a password change, gets no session however late', async () => {
  for (const keepOthers of [false, true]) {
    const email = await newEmail()
    const { actor, head } = await actorOf(email)
    const change = { current: password, next, keepOthers }
    // Many at once, so that some are checked before the change, some after and some meanwhile.
    const signIns = Array.from({ length: 3 }, () => signIn(email))
    const changed = running.service.changePassword(actor, change, head)
    await Promise.allSettled(signIns)
    await changed
    const { auth } = running.service
    const live = await auth.list(actor.user.id)
    if (!keepOthers)
      assert.deepEqual(
        live.map(({ id }) => id),
        [actor.session.id],
      )
    await assert.rejects(signIn(email), { code: 'invalid_credentials' })
  }
})

test('a sign-in that read the old password completes after a change that keeps sessions: no session', async () => {
  const email = await newEmail()
  const { actor } = await actorOf(email)
  const { auth } = running.service
  const before = await auth.list(actor.user.id)
  await assert.rejects(
    whileChecking(email, async () => {
      await running.sql(
        'update users set password_version = password_version + 1 where email = ?',
        email,
      )
    }),
    { code: 'invalid_credentials' },
  )
  const after = await auth.list(actor.user.id)
  assert.deepEqual(
    after.map(({ id }) => id),
    before.map(({ id }) => id),
  )
})

test('of two password changes at once one wins', async () => {
  const email = await newEmail()
  const { actor, head } = await actorOf(email)
  const change = (text: string) =>
    running.service.changePassword(actor, { current: password, next: text, keepOthers: true }, head)
  const outcomes = await Promise.allSettled([change(next), change(`${next} two`)])
  const version = await running.sql('select password_version from users where email = ?', email)
  assert.equal(version[0]?.password_version, 2)
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
})

test('a rehash cannot bring an old password back', async () => {
  const email = await newEmail()
  const weaker = '$argon2id$v=19$m=12288,t=3,p=1$'
  const old = await createPasswords({ cost: { memory: 12_288, passes: 3, parallelism: 1 } })
  const oldHash = await old.hash(password)
  assert.ok(oldHash.startsWith(weaker))
  await running.sql('update users set password_hash = ? where email = ?', oldHash, email)
  await signIn(email)
  const [row] = await running.sql(
    'select password_hash, password_version from users where email = ?',
    email,
  )
  assert.match(String(row?.password_hash), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.equal(row?.password_version, 1)

  // The hash is replaced while the sign-in checks the old one.
  await running.sql('update users set password_hash = ? where email = ?', oldHash, email)
  const changed = await old.hash(next)
  await whileChecking(email, async () => {
    await running.sql('update users set password_hash = ? where email = ?', changed, email)
  })
  const [kept] = await running.sql('select password_hash from users where email = ?', email)
  assert.equal(kept?.password_hash, changed)
})
