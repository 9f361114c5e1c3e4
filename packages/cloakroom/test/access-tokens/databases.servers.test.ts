import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it, type TestContext } from 'node:test'
import { issueAccessTokens, verifyAccessTokens } from 'cloakroom/access-tokens'
import { signInAs } from 'cloakroom/testing'
import { type Auth, type Fixture, withFixture } from '../../src/testing/fixture.ts'
import { mysqlHarness } from '../mysql-database.ts'
import { postgresHarness } from '../postgres-database.ts'
import { sqliteHarness } from '../sqlite-database.ts'
import { clusterHarness, singleHarness } from '../valkey-database.ts'
import { issuerUrl, orders } from './fixture.ts'

type On = (run: (fixture: Fixture) => Promise<void>) => Promise<void>

const type = 'integer'
const databases: Readonly<Record<string, On>> = {
  SQLite: (run) => withFixture(sqliteHarness('node:sqlite', type), type, run),
  PostgreSQL: async (run) => withFixture(await postgresHarness('pg', type), type, run),
  MariaDB: async (run) => withFixture(await mysqlHarness(type), type, run),
  Valkey: async (run) => withFixture(await singleHarness('iovalkey', type), type, run),
  'a Valkey cluster': async (run) => withFixture(await clusterHarness('iovalkey', type), type, run),
}

const keyEncryptionKey = randomBytes(32)

async function issue(t: TestContext, auth: Auth) {
  const audiences = { [orders]: {} }
  const issuer = await issueAccessTokens({ auth, issuer: issuerUrl, audiences, keyEncryptionKey })
  t.after(() => issuer.close())
  return issuer
}

for (const [name, on] of Object.entries(databases)) {
  describe(`access tokens of three processes on ${name}`, () => {
    it('are signed with keys that all of them have, made at once by all', (t) =>
      on(async ({ auth, authElsewhere, alice }) => {
        const auths = [await auth(), await authElsewhere(), await authElsewhere()] as const
        const issuers = await Promise.all(auths.map((each) => issue(t, each)))
        const sets = await Promise.all(issuers.map((each) => each.jwks()))
        for (const set of sets) assert.deepEqual(set, sets[0])

        const { token: own } = await signInAs(auths[0], alice)
        const verification = await auths[0].verify(own)
        assert.equal(verification.status, 'authenticated')
        for (const [index, issuer] of issuers.entries()) {
          const { token } = await issuer.mint(verification, { audience: orders })
          const other = issuers[(index + 1) % issuers.length]
          const verifier = verifyAccessTokens({
            issuer: issuerUrl,
            audience: orders,
            jwks: async () => (await other?.jwks()) ?? { keys: [] },
            userIdType: type,
          })
          const verified = await verifier.verify(token)
          assert.equal(verified.status === 'authenticated' && verified.identity.userId, alice)
        }
      }))

    it('are signed with no key that one of them has withdrawn, though others rotate meanwhile', (t) =>
      on(async ({ auth, authElsewhere }) => {
        const own = await auth()
        const others = [await authElsewhere(), await authElsewhere()]
        const first = await issue(t, own)
        const [second, third] = await Promise.all(others.map((each) => issue(t, each)))
        const [signing, standby] = await first.keys()
        assert.ok(signing && standby && second && third)
        await Promise.all([first.retire(signing.id), second.retire(standby.id), third.rotateNow()])
        const left = (await (await issue(t, own)).keys()).map(({ id }) => id)
        assert.ok(left.length >= 2)
        assert.ok(!left.includes(signing.id) && !left.includes(standby.id))
      }))
  })
}
