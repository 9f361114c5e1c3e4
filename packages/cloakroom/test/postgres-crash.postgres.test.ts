import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type PrivateServer, startPostgres } from '@cloakroom/test-servers'
import { CloakroomError } from 'cloakroom'
import { Pool } from 'pg'
import { signInAs } from '../src/testing/index.ts'
import { integerBelow, pick, seededRandom } from '../src/testing/random.ts'
import { usersDatabase } from './postgres-users.ts'

/** For each of the settings below. */
const kills = 50
const sessionsPerKill = 12

/** What an application may have turned off for its own sake; revocations rely on it. */
const settings = ['synchronous_commit=on', 'synchronous_commit=off']

let server: PrivateServer
before(async () => {
  // Without this, what is not waited for would be written a moment later all the same.
  server = await startPostgres({ durable: true, settings: { wal_writer_delay: '10s' } })
})
after(() => server.stop())

describe('kill -9 of PostgreSQL', () => {
  for (const setting of settings) {
    test(`${kills} times, ${setting}: no acknowledged end of a session is taken back`, async (t) => {
      const random = seededRandom(t)
      const database = await usersDatabase(t, server.url)
      const careful = await database.auth()
      const options = `-c search_path=${database.schema} -c ${setting}`
      const pool = new Pool({ connectionString: server.url, options })
      pool.on('error', () => undefined)
      t.after(() => pool.end())
      const auth = await database.auth({ pool })

      const acknowledged: Record<string, number> = {}
      for (let kill = 0; kill < kills; kill += 1) {
        const ways: Record<string, (user: number, token: string, id: string) => Promise<unknown>> =
          {
            'revocation of the session': (_, __, sessionId) => auth.revoke({ sessionId }),
            'revocation of all': (userId) => auth.revoke({ userId }),
            block: (user) => auth.block(user),
            'step-up': (_, token) => auth.stepUp(token, { methods: ['pwd'] }),
            replacement: (user, carried) => signInAs(auth, user, { carried }),
          }
        const sessions = await Promise.all(
          Array.from({ length: sessionsPerKill }, async (_, index) => {
            const userId = 1 + index
            await careful.unblock(userId)
            return { userId, ...(await signInAs(careful, userId)) }
          }),
        )
        const ended: { token: string; way: string }[] = []
        const killAfter = 1 + integerBelow(random, sessionsPerKill)
        let killed: Promise<void> | undefined
        await Promise.all(
          sessions.map(async ({ userId, token, session }) => {
            const way = pick(random, Object.keys(ways))
            try {
              await ways[way]?.(userId, token, session.id)
            } catch (error) {
              assert(error instanceof CloakroomError && error.code === 'store_unavailable')
              return
            }
            ended.push({ token, way })
            if (ended.length === killAfter) killed = server.kill()
          }),
        )
        await killed
        await server.restart()
        for (const { token, way } of ended) {
          const { status } = await careful.verify(token)
          assert.equal(status, 'anonymous', `a ${way} that was acknowledged is lost`)
          acknowledged[way] = (acknowledged[way] ?? 0) + 1
        }
      }
      t.diagnostic(JSON.stringify(acknowledged))
      assert.ok(Object.values(acknowledged).every((count) => count > kills / 4))
    })
  }
})
