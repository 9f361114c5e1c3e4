import assert from 'node:assert/strict'
import type { UserId, UserIdType } from '../../core/user.ts'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'
import { type Call, observed } from './wrapped-store.ts'

export const signInCases: Cases = {
  'a sign-in gives a token that proves the session and its user, to every process': async (
    fixture,
  ) => {
    const [auth, elsewhere] = [await fixture.auth(), await fixture.authElsewhere()]
    const attempt = await auth.beginSignIn(fixture.alice)
    const { token, session, user } = await attempt.complete({
      methods: ['pwd', 'otp', 'pwd'],
      ip: '192.0.2.1',
      device: 'Firefox on Linux',
      data: { theme: 'dark' },
    })
    assert.equal(user.id, fixture.alice)
    assert.equal(session.userId, fixture.alice)
    assert.deepEqual(session.methods, ['pwd', 'otp'])
    assert.equal(session.ip, '192.0.2.1')
    assert.equal(session.device, 'Firefox on Linux')
    assert.equal(session.impersonatorId, null)
    assert.equal(session.persistent, true)
    assert.deepEqual(session.data, { theme: 'dark' })
    assert.deepEqual(session.authenticatedAt, session.createdAt)

    const verification = await elsewhere.verify(token)
    assert(verification.status === 'authenticated')
    const { readAt: _, ...verified } = verification.session
    const { readAt: __, ...issued } = session
    assert.deepEqual(verified, issued)
    assert.deepEqual(verification.user, user)
  },

  'what an application keeps of a session holds no token': async (fixture) => {
    const auth = await fixture.auth()
    const { token, session } = await signInAs(auth, fixture.alice)
    const secret = token.slice('cloak_'.length + 22)
    const listed = await auth.list(fixture.alice)
    const kept = JSON.stringify([session, listed, await auth.verify(token)])
    assert(!kept.includes(secret.slice(0, 10)))
  },

  'a sign-in goes on in another process, with the state that the first one left': async (
    fixture,
  ) => {
    const { state } = await (await fixture.auth()).beginSignIn(fixture.alice)
    const elsewhere = await fixture.authElsewhere()
    const kept = JSON.parse(JSON.stringify(state))
    const { token } = await elsewhere.resumeSignIn(kept).complete()
    await assertSignedIn(elsewhere, token, 'the session')
    await elsewhere.revoke({ userId: fixture.alice })
    await assert.rejects(elsewhere.resumeSignIn(kept).complete(), { code: 'sign_in_superseded' })
  },

  'a sign-in of who is unknown, or not active, fails, and only at its end': async (fixture) => {
    const auth = await fixture.auth()
    await fixture.deactivateUser(fixture.alice)
    for (const userId of [fixture.stranger, fixture.alice]) {
      const attempt = await auth.beginSignIn(userId)
      await assert.rejects(attempt.complete(), { code: 'user_inactive' })
    }
  },

  'a sign-in of who is blocked fails as one that was superseded': async (fixture) => {
    const auth = await fixture.auth()
    await auth.block(fixture.alice)
    const attempt = await auth.beginSignIn(fixture.alice)
    await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
    await auth.unblock(fixture.alice)
    await assert.rejects(attempt.complete(), { code: 'sign_in_superseded' })
    await assertSignedIn(auth, (await signInAs(auth, fixture.alice)).token, 'a new sign-in')
  },

  'a process whose clock is wrong cannot sign anybody in': async (fixture) => {
    for (const offMs of [-120_000, 120_000]) {
      const auth = await fixture.auth({ clock: () => fixture.clock() + offMs })
      const attempt = await auth.beginSignIn(fixture.alice)
      await assert.rejects(attempt.complete(), { code: 'clock_skew' })
    }
  },

  'session fixation: a log-in makes a new session, and ends the one that was planted': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const planted = await auth.createAnonymous({ data: { cart: ['planted'] } })
    const own = await signInAs(auth, fixture.alice, { carried: planted.token })
    assert.notEqual(own.session.id, planted.session.id)
    assert.notEqual(own.token, planted.token)
    assert.deepEqual(own.session.data, {})
    await assertSignedOut(auth, planted.token, 'the planted token', 'unknown')

    const again = await signInAs(auth, fixture.alice, { carried: own.token })
    assert.notEqual(again.session.id, own.session.id)
    await assertSignedOut(auth, own.token, 'the token of before', 'unknown')
  },

  "data is carried from an anonymous session or the user's own, if asked for; never from another's":
    async (fixture) => {
      const auth = await fixture.auth()
      const { alice, bob } = fixture
      const data = { cart: [1] }
      const anonymous = await auth.createAnonymous({ data })
      const fromAnonymous = { carried: anonymous.token, carryData: true, data: { fresh: true } }
      const first = await signInAs(auth, alice, fromAnonymous)
      assert.deepEqual(first.session.data, data)

      const second = await signInAs(auth, alice, { carried: first.token, carryData: true })
      assert.deepEqual(second.session.data, data)

      const others = await signInAs(auth, bob, { carried: second.token, carryData: true })
      assert.deepEqual(others.session.data, {})
      await assertSignedOut(auth, second.token, "the other user's session", 'unknown')
    },

  'data is not carried from a session in which somebody else acted as the user': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const admin = await signInAs(auth, fixture.bob)
    const acted = await auth.impersonate(admin.token, fixture.alice)
    await auth.update(acted.session.id, { planted: true })
    const own = await signInAs(auth, fixture.alice, { carried: acted.token, carryData: true })
    assert.deepEqual(own.session.data, {})
  },

  'data is not carried from a session that is dead': async (fixture) => {
    const auth = await fixture.auth({ idleTimeoutSeconds: 60 })
    const idle = await auth.createAnonymous({ data: { cart: [1] } })
    await fixture.advance(60)
    const options = { carried: idle.token, carryData: true, data: { fresh: true } }
    const { session } = await signInAs(auth, fixture.alice, options)
    assert.deepEqual(session.data, { fresh: true })
  },

  'a carried token that proves nothing ends nothing, and is in the way of nothing': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const live = await signInAs(auth, fixture.bob)
    const tampered = `${live.token.slice(0, -1)}${live.token.endsWith('0') ? '1' : '0'}`
    for (const carried of [undefined, '', 'x', tampered]) {
      const { token } = await signInAs(auth, fixture.alice, { carried, carryData: true })
      await assertSignedIn(auth, token, 'the new session')
    }
    await assertSignedIn(auth, live.token, 'the session whose token was tampered with')
    assert.equal((await auth.list(fixture.bob)).length, 1)
  },

  'a log-in ends the carried session even if that was rotated meanwhile': async (fixture) => {
    const auth = await fixture.auth()
    const { token: carried } = await signInAs(auth, fixture.bob)
    const rotated = await auth.rotate(carried)
    await signInAs(auth, fixture.alice, { carried })
    await assertSignedOut(auth, rotated?.token ?? '', 'the carried session', 'unknown')
  },

  'an anonymous session is verified as one, and is nobody': async (fixture) => {
    const auth = await fixture.auth()
    const { token, session } = await auth.createAnonymous({ data: { cart: [] }, persistent: false })
    assert.equal(session.userId, null)
    assert.equal(session.authenticatedAt, null)
    assert.equal(session.persistent, false)
    const verification = await auth.verify(token)
    assert(verification.status === 'anonymous')
    assert.equal(verification.reason, 'not_signed_in')
    assert.deepEqual(verification.session?.data, { cart: [] })
    assert.equal((await auth.rotate(token))?.user, undefined)
    const notOne = { code: 'not_authenticated' }
    await assert.rejects(auth.stepUp((await auth.createAnonymous()).token, { methods: [] }), notOne)
    await assert.rejects(auth.impersonate(token, fixture.alice), notOne)
  },

  'what is not an address, not a label and not a name does not get into the database': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const { alice } = fixture
    const label = `${'x'.repeat(39)}👩`
    const odd = { ip: '10.0.0.1, 10.0.0.2', device: `\0${label}y` }
    const { session } = await signInAs(auth, alice, odd)
    assert.equal(session.ip, null)
    assert.equal(session.device, label)
    const zoned = { ip: `fe80::1%${'a'.repeat(500)}`, device: '\ud800\0\n' }
    const other = await signInAs(auth, alice, zoned)
    assert.equal(other.session.ip, 'fe80::1')
    assert.equal(other.session.device, '\ufffd')
    for (const methods of [['a b'], [''], Array.from({ length: 11 }, (_, n) => `m${n}`)]) {
      await assert.rejects(signInAs(auth, alice, { methods }), TypeError)
    }
  },

  'an id that is not spelled as ids are is refused before it reaches the store': async (
    fixture,
  ) => {
    const calls: Call[] = []
    const auth = await fixture.auth({}, (store) => observed(store, (call) => calls.push(call)))
    const { token } = await signInAs(auth, fixture.alice)
    const refused = { code: 'invalid_user_id' }
    const before = calls.length
    for (const id of misspelled[fixture.userIdType] as UserId[]) {
      await assert.rejects(auth.beginSignIn(id), refused)
      assert.throws(() => auth.resumeSignIn({ userId: id, epoch: 0 }), refused)
      await assert.rejects(auth.impersonate(token, id), refused)
      await assert.rejects(auth.list(id), refused)
      await assert.rejects(auth.revoke({ userId: id }), refused)
      await assert.rejects(auth.block(id), refused)
      await assert.rejects(auth.unblock(id), refused)
      await assert.rejects(auth.blockedAt(id), refused)
    }
    assert.equal(calls.length, before)
  },
}

const misspelled: Readonly<Record<UserIdType, readonly unknown[]>> = {
  text: ['', 'a\0b', '\ud800', 'x'.repeat(256), 12, null],
  uuid: [
    '01890A5D-AC96-774B-BCCE-B302099A8057',
    '01890a5dac96774bbcceb302099a8057',
    '{01890a5d-ac96-774b-bcce-b302099a8057}',
    'me',
    12,
  ],
  integer: ['12', 12.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -0, 12n],
  bigint: ['012', '+12', ' 12', '12.0', '-0', '1e3', '0x12', '9223372036854775808', 12, 12n],
}
