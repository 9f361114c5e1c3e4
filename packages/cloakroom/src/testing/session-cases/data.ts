import assert from 'node:assert/strict'
import { signInAs } from '../sign-in-as.ts'
import type { Cases } from '../store-cases/cases.ts'
import { replaced } from './wrapped-store.ts'

export const dataCases: Cases = {
  'a patch changes what it names, removes what it names as undefined, and leaves the rest': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const data = { keep: 1, change: { deep: 1, gone: 2 }, remove: 3 }
    const { session, token } = await signInAs(auth, fixture.alice, { data })
    const patch = { change: { deep: 2 }, remove: undefined } as never
    const updated = await auth.update(session.id, patch)
    assert.deepEqual(updated?.data, { keep: 1, change: { deep: 2 } })
    assert.deepEqual((await auth.verify(token)).session?.data, updated?.data)
  },

  'a function makes the new data of the old': async (fixture) => {
    const auth = await fixture.auth()
    const { session, token } = await signInAs(auth, fixture.alice, { data: { count: 1 } })
    await auth.update(session.id, ({ count }) => ({ total: Number(count) + 1 }))
    assert.deepEqual((await auth.verify(token)).session?.data, { total: 2 })
  },

  'an update changes nothing but the data, and needs no user': async (fixture) => {
    const auth = await fixture.auth()
    const { session, token } = await auth.createAnonymous({ data: { a: 1 } })
    const updated = await auth.update(session.id, { b: 2 })
    assert(updated)
    const { data: _, readAt: __, ...after } = updated
    const { data: ___, readAt: ____, ...before } = session
    assert.deepEqual(after, before)
    assert.deepEqual((await auth.verify(token)).session?.data, { a: 1, b: 2 })
  },

  'increments at once, in two processes, lose nothing': async (fixture) => {
    const processes = [await fixture.auth(), await fixture.authElsewhere()]
    const { session, token } = await signInAs(await fixture.auth(), fixture.alice, {
      data: { count: 0 },
    })
    await Promise.all(
      processes.map(async (auth) => {
        for (let round = 0; round < 10; round += 1) {
          const increment = () =>
            auth.update(session.id, ({ count }) => ({ count: Number(count) + 1 }))
          await Promise.all([increment(), increment(), increment()])
        }
      }),
    )
    assert.deepEqual((await processes[0]?.verify(token))?.session?.data, { count: 60 })
  },

  'an update of a session that has ended, or never was, does nothing': async (fixture) => {
    const auth = await fixture.auth({ idleTimeoutSeconds: 60 })
    const { session: ended } = await signInAs(auth, fixture.alice)
    await auth.revoke({ sessionId: ended.id })
    const { session: idle } = await signInAs(auth, fixture.alice)
    await fixture.advance(60)
    const never = '01890a5d-ac96-774b-bcce-b302099a8057'
    for (const id of [ended.id, idle.id, never, idle.id.toUpperCase(), '', "' or 1=1"]) {
      assert.equal(await auth.update(id, { a: 1 }), undefined)
      assert.equal(await auth.update(id, () => assert.fail('It must not be called')), undefined)
    }
  },

  'a slow update cannot undo a log-out that came between its read and its write': async (
    fixture,
  ) => {
    const auth = await fixture.auth()
    const elsewhere = await fixture.authElsewhere()
    for (const end of [
      (sessionId: string) => elsewhere.revoke({ sessionId }),
      () => elsewhere.revoke({ userId: fixture.alice }),
      () => elsewhere.revoke({ everybody: true }),
    ]) {
      const { session, token } = await signInAs(auth, fixture.alice)
      let ending: Promise<unknown> = Promise.resolve()
      const change = () => {
        ending = end(session.id)
        return { late: true }
      }
      await auth.update(session.id, change)
      await ending
      assert.equal((await auth.verify(token)).status, 'anonymous')
      assert.deepEqual(await auth.list(fixture.alice), [])
    }
  },

  'data that is too large, or not JSON, is refused and changes nothing': async (fixture) => {
    const auth = await fixture.auth()
    const { session, token } = await signInAs(auth, fixture.alice, { data: { a: 1 } })
    const refused = { code: 'invalid_data' }
    const wrong = [{ text: 'x'.repeat(16_384) }, { big: 1n }, { when: new Date() }, [1], 'text']
    for (const data of wrong as never[]) {
      const changed = auth.update(session.id, () => data)
      await assert.rejects(changed, refused)
      await assert.rejects(signInAs(auth, fixture.alice, { data }), refused)
      await assert.rejects(auth.createAnonymous({ data }), refused)
    }
    assert.deepEqual((await auth.verify(token)).session?.data, { a: 1 })
    assert.equal((await auth.list(fixture.alice)).length, 1)
  },

  'a function that throws is not swallowed, and changes nothing': async (fixture) => {
    const auth = await fixture.auth()
    const { session, token } = await signInAs(auth, fixture.alice, { data: { a: 1 } })
    const failure = new RangeError('its own')
    const change = () => {
      throw failure
    }
    await assert.rejects(auth.update(session.id, change), failure)
    assert.deepEqual((await auth.verify(token)).session?.data, { a: 1 })
  },

  'an update that meets a conflict again and again says so': async (fixture) => {
    const auth = await fixture.auth({}, (store) =>
      replaced(store, { update: async () => 'conflict' }),
    )
    const { session } = await signInAs(auth, fixture.alice)
    await assert.rejects(auth.update(session.id, { a: 1 }), { code: 'update_conflict' })
  },
}
