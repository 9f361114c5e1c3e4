import assert from 'node:assert/strict'
import type { AuthOptions, Fixture } from '../fixture.ts'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { assertSignedIn, assertSignedOut } from './outcomes.ts'
import { type Call, observed } from './wrapped-store.ts'

const options = { idleTimeoutSeconds: 1000, touchIntervalSeconds: 100 }

export const touchCases: Cases = {
  'a session is touched once per interval at most, however often it is used': async (fixture) => {
    const { token, session } = await signInAs(await fixture.auth(), fixture.alice)
    assert.equal(await touchedBy(fixture, token, 10), 0, 'not right after the sign-in')
    await fixture.advance(74)
    assert.equal(await touchedBy(fixture, token, 10), 0, 'not before the shortest interval')
    await fixture.advance(52)
    assert.equal(await touchedBy(fixture, token, 10), 1, 'once after the longest interval')
    assert.equal(await touchedBy(fixture, token, 10), 0, 'not again')
    const [listed] = await (await fixture.auth(options)).list(fixture.alice)
    assert(listed)
    const movedMs = listed.lastSeenAt.getTime() - listed.createdAt.getTime()
    assert(movedMs >= 126_000, `lastSeenAt has moved by ${movedMs} ms`)
    assert.equal(listed.id, session.id)
  },

  'two processes that see a session at once touch it once': async (fixture) => {
    const { token } = await signInAs(await fixture.auth(), fixture.alice)
    await fixture.advance(126)
    const first = await fixture.auth(options)
    const second = await fixture.authElsewhere(options)
    await Promise.all([first.verify(token), second.verify(token)])
    await first.close()
    const [before] = await (await fixture.auth(options)).list(fixture.alice)
    await fixture.advance(10)
    await second.close()
    const [after] = await (await fixture.auth(options)).list(fixture.alice)
    assert(before && after)
    const sinceCreation = ({ lastSeenAt, createdAt }: typeof before) =>
      lastSeenAt.getTime() - createdAt.getTime()
    assert.equal(sinceCreation(after), sinceCreation(before))
  },

  'a request that came too early to be a touch is the slack of the idle timeout': async (
    fixture,
  ) => {
    const { token } = await signInAs(await fixture.auth(options), fixture.alice)
    await fixture.advance(74)
    await touchedBy(fixture, token, 1)
    await fixture.advance(926)
    const auth = await fixture.auth(options)
    await assertSignedOut(auth, token, 'the session, 926 s after its last request', 'idle')
  },

  'the slack is no more than the longest interval': async (fixture) => {
    const { token } = await signInAs(await fixture.auth(options), fixture.alice)
    await fixture.advance(126)
    await touchedBy(fixture, token, 1)
    await fixture.advance(1000 - fixture.precisionMs / 1000)
    const auth = await fixture.auth(options)
    await assertSignedIn(auth, token, 'the session, a thousand seconds after its last touch')
  },

  'a touch that is written after the log-out brings nothing back': async (fixture) => {
    const { token, session } = await signInAs(await fixture.auth(options), fixture.alice)
    await fixture.advance(126)
    const slow = await fixture.auth(options)
    const fast = await fixture.authElsewhere(options)
    await assertSignedIn(slow, token, 'the session')
    assert.deepEqual(await fast.signOut(token), [session.id])
    await slow.close()
    await assertSignedOut(fast, token, 'the session', 'unknown')
    assert.deepEqual(await fast.list(fixture.alice), [])
  },
}

/** How many ids a process hands to `touch` that verifies the token so many times. */
async function touchedBy(fixture: Fixture, token: string, times: number): Promise<number> {
  const calls: Call[] = []
  const watched: AuthOptions = options
  const auth = await fixture.auth(watched, (store) => observed(store, (call) => calls.push(call)))
  for (let count = 0; count < times; count += 1) await assertSignedIn(auth, token, 'the session')
  await auth.close()
  const touches = calls.filter(({ verb }) => verb === 'touch')
  return touches.flatMap(({ given }) => given[0] as unknown[]).length
}
