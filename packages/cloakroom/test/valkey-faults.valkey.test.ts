import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import {
  type FaultyProxy,
  type PrivateServer,
  startProxy,
  startValkey,
  waitUntil,
} from '@cloakroom/test-servers'
import { CloakroomError } from 'cloakroom'
import { type Auth, openAuth, signIn } from './valkey-auth.ts'
import { type Driver, openClient } from './valkey-database.ts'

const drivers: readonly Driver[] = ['node-redis', 'iovalkey']

/** What a call came to; a failure that is no `store_unavailable` fails the test. */
async function outcomeOf<Result>(call: Promise<Result>): Promise<Result | 'unavailable'> {
  try {
    return await call
  } catch (error) {
    assert(error instanceof CloakroomError && error.code === 'store_unavailable', String(error))
    return 'unavailable'
  }
}

async function statusOf(auth: Auth, token: string): Promise<string> {
  const verification = await outcomeOf(auth.verify(token))
  return verification === 'unavailable' ? verification : verification.status
}

for (const driver of drivers) {
  describe(`a Valkey that is killed and started again, over ${driver}`, () => {
    const workers = 8
    const kills = 3
    let server: PrivateServer

    before(async () => {
      server = await startValkey({ durable: true })
    })
    after(() => server.stop())

    it('under load is unavailable: nobody is taken for anonymous, nobody revoked comes back', async (t) => {
      const { client, close } = await openClient(driver, server.url)
      t.after(close)
      const auth = await openAuth(client, { timeoutSeconds: 1 })
      t.after(() => auth.close())
      const live: string[] = [(await signIn(auth, 'alice')).token]
      const revoked: string[] = []
      const counts = { answered: 0, unavailable: 0 }
      let isRunning = true

      async function work(user: string): Promise<void> {
        while (isRunning) {
          const issued = await outcomeOf(signIn(auth, user))
          const isOpen = issued !== 'unavailable'
          if (isOpen) live.push(issued.token)
          const kept = live[Math.floor(live.length / 2)] ?? ''
          const ended = revoked[Math.floor(revoked.length / 2)]
          const status = await statusOf(auth, kept)
          assert.notEqual(status, 'anonymous', 'a live session must not be taken for none')
          if (ended !== undefined) {
            assert.notEqual(await statusOf(auth, ended), 'authenticated', 'a revoked one came back')
          }
          counts[status === 'unavailable' ? 'unavailable' : 'answered'] += 1
          const last = await outcomeOf(signIn(auth, user))
          if (last === 'unavailable') continue
          // Acknowledged or not: only what was acknowledged is claimed.
          const ids = await outcomeOf(auth.revoke({ sessionId: last.session.id }))
          if (ids !== 'unavailable') revoked.push(last.token)
        }
      }

      const working = Promise.all(Array.from({ length: workers }, (_, n) => work(`user-${n}`)))
      for (let kill = 0; kill < kills; kill += 1) {
        const before = { ...counts, revoked: revoked.length }
        await waitUntil('it is used', () => revoked.length > before.revoked + 20)
        await server.kill()
        await waitUntil('it is missed', () => counts.unavailable > before.unavailable)
        await server.restart()
        const answered = counts.answered
        await waitUntil('it answers again', () => counts.answered > answered + 20)
      }
      isRunning = false
      await working
      t.diagnostic(`${JSON.stringify(counts)}, ${live.length} live, ${revoked.length} revoked`)
      for (const token of live) assert.equal(await statusOf(auth, token), 'authenticated')
      for (const token of revoked) assert.equal(await statusOf(auth, token), 'anonymous')
    })
  })

  describe(`a connection that swallows everything, over ${driver}`, () => {
    let server: PrivateServer
    let proxy: FaultyProxy
    before(async () => {
      server = await startValkey()
      proxy = await startProxy({ url: server.url })
    })
    after(async () => {
      await proxy.stop()
      await server.stop()
    })

    it('holds up no request for longer than timeoutSeconds, and is got over', async (t) => {
      const { client, close } = await openClient(driver, proxy.url)
      t.after(close)
      const auth = await openAuth(client, { timeoutSeconds: 0.5 })
      t.after(() => auth.close())
      const { token, session } = await signIn(auth, 'alice')
      const attempt = await auth.beginSignIn('alice')
      await proxy.blackHole()
      const calls: Record<string, () => Promise<unknown>> = {
        verify: () => auth.verify(token),
        beginSignIn: () => auth.beginSignIn('alice'),
        complete: () => attempt.complete(),
        revoke: () => auth.revoke({ sessionId: session.id }),
        block: () => auth.block('alice'),
        everybody: () => auth.revoke({ everybody: true }),
        list: () => auth.list('alice'),
        prune: () => auth.prune(),
        stats: () => auth.stats(),
      }
      await Promise.all(
        Object.entries(calls).map(async ([name, call]) => {
          const start = performance.now()
          await assert.rejects(call(), { code: 'store_unavailable' }, name)
          // One that would wait for the connection waits for minutes.
          assert.ok(performance.now() - start < 10_000, `${name} took too long`)
        }),
      )
      await proxy.restore()
      await waitUntil('it is got over', async () => (await statusOf(auth, token)) !== 'unavailable')
      assert.equal(await statusOf(auth, token), 'authenticated')
      assert.equal((await auth.revoke({ sessionId: session.id })).length, 1)
    })
  })
}
