import assert from 'node:assert/strict'
import type { AnonymousReason } from '../../core/session.ts'
import type { SignInOptions } from '../../core/sign-in.ts'
import type { Auth, AuthOptions, Fixture } from '../fixture.ts'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'

export const timeoutCases: Cases = {
  'an unused session ends by idleness exactly at its idle timeout': async (fixture) => {
    const options = { idleTimeoutSeconds: 100, absoluteTimeoutSeconds: 1000 }
    await checkEnd(fixture, { options, endsAfterSeconds: 100, reason: 'idle' })
  },

  'a session expires exactly at its absolute timeout': async (fixture) => {
    const options = { idleTimeoutSeconds: 1000, absoluteTimeoutSeconds: 100 }
    await checkEnd(fixture, { options, endsAfterSeconds: 100, reason: 'expired' })
  },

  'a session that ends with the browser expires exactly at its own timeout': async (fixture) => {
    const options = { nonPersistentTimeoutSeconds: 100 }
    const signIn = { persistent: false }
    await checkEnd(fixture, { options, signIn, endsAfterSeconds: 100, reason: 'expired' })
    const shorter = { nonPersistentTimeoutSeconds: 200, absoluteTimeoutSeconds: 100 }
    await checkEnd(fixture, { options: shorter, signIn, endsAfterSeconds: 100, reason: 'expired' })
  },

  'an anonymous session ends as others do': async (fixture) => {
    const options = { idleTimeoutSeconds: 100, absoluteTimeoutSeconds: 150 }
    const auth = await fixture.auth(options)
    const { token } = await auth.createAnonymous()
    const touched = await auth.createAnonymous()
    await fixture.advance(100)
    assert.equal((await auth.verify(token)).status, 'anonymous')
    await assertSignedOut(auth, token, 'the anonymous session', 'idle')
    await fixture.advance(50)
    await assertSignedOut(auth, touched.token, 'the anonymous session', 'expired')
  },

  'use moves the end by idleness, and never the absolute one': async (fixture) => {
    const options = { idleTimeoutSeconds: 60, absoluteTimeoutSeconds: 200, touchIntervalSeconds: 5 }
    const { token } = await signInAs(await fixture.auth(options), fixture.alice)
    for (let seconds = 50; seconds < 200; seconds += 50) {
      await fixture.advance(50)
      await use(fixture, options, token)
    }
    const auth = await fixture.auth(options)
    await fixture.advance(50)
    await assertSignedOut(auth, token, 'the session', 'expired')
  },

  'neither rotation nor step-up nor update moves the absolute end': async (fixture) => {
    const auth = await fixture.auth({ absoluteTimeoutSeconds: 100 })
    const { session, ...issued } = await signInAs(auth, fixture.alice)
    await fixture.advance(50)
    const rotated = await auth.rotate(issued.token)
    const steppedUp = await auth.stepUp(rotated?.token, { methods: ['pwd'] })
    assert(steppedUp)
    await auth.update(session.id, { a: 1 })
    await auth.revoke({ userId: fixture.alice, except: session.id })
    await assertSignedIn(auth, steppedUp.token, 'the session')
    await fixture.advance(50)
    await assertSignedOut(auth, steppedUp.token, 'the session', 'expired')
  },

  'a policy that is tightened acts at once on sessions that began before': async (fixture) => {
    const loose = await fixture.auth()
    const persistent = await signInAs(loose, fixture.alice)
    const transient = await signInAs(loose, fixture.alice, { persistent: false })
    await fixture.advance(100)
    const tight: readonly [AuthOptions, AnonymousReason, readonly string[]][] = [
      [{ idleTimeoutSeconds: 100 }, 'idle', [persistent.token, transient.token]],
      [{ absoluteTimeoutSeconds: 100 }, 'expired', [persistent.token, transient.token]],
      [{ nonPersistentTimeoutSeconds: 100 }, 'expired', [transient.token]],
    ]
    for (const [options, reason, tokens] of tight) {
      const auth = await fixture.authElsewhere(options)
      for (const token of tokens) await assertSignedOut(auth, token, 'the session', reason)
      assert.equal((await auth.list(fixture.alice)).length, 2 - tokens.length)
    }
    await assertSignedIn(loose, persistent.token, 'the session, under the old policy')
  },

  'a policy that is loosened gives sessions that began before no more time': async (fixture) => {
    const tight = await fixture.auth({ absoluteTimeoutSeconds: 100 })
    const { token } = await signInAs(tight, fixture.alice)
    const loose = await fixture.authElsewhere()
    const verification = await loose.verify(token)
    assert(verification.session)
    const { createdAt, expiresAt } = verification.session
    assert.equal(expiresAt.getTime() - createdAt.getTime(), 100_000)
    await fixture.advance(100)
    await assertSignedOut(loose, token, 'the session', 'expired')
  },

  'a session says when it ends': async (fixture) => {
    const auth = await fixture.auth({ idleTimeoutSeconds: 100, absoluteTimeoutSeconds: 1000 })
    const { session } = await signInAs(auth, fixture.alice)
    const after = (date: Date) => date.getTime() - session.createdAt.getTime()
    assert.equal(after(session.idleExpiresAt), 100_000)
    assert.equal(after(session.expiresAt), 1_000_000)
    assert(after(session.readAt) >= 0)
  },
}

async function checkEnd(
  fixture: Fixture,
  {
    options,
    signIn = {},
    endsAfterSeconds,
    reason,
  }: {
    options: AuthOptions
    signIn?: SignInOptions
    endsAfterSeconds: number
    reason: AnonymousReason
  },
): Promise<void> {
  const auth = await fixture.auth(options)
  // Two, because looking at the first may touch it.
  const early = await signInAs(auth, fixture.alice, signIn)
  await fixture.advance(fixture.precisionMs / 1000)
  const late = await signInAs(auth, fixture.alice, signIn)
  await fixture.advance(endsAfterSeconds - fixture.precisionMs / 1000)
  await assertSignedIn(auth, late.token, 'the session, just before its end')
  await assertSignedOut(auth, early.token, 'the session, at its end', reason)
  await fixture.advance(endsAfterSeconds)
  await assertSignedOut(auth, early.token, 'the session, long after', reason)
}

/** A request to a process that then ends, because only then its touches have surely been written. */
async function use(fixture: Fixture, options: AuthOptions, token: string): Promise<void> {
  const auth: Auth = await fixture.auth(options)
  await assertSignedIn(auth, token, 'the session in use')
  await auth.close()
}
