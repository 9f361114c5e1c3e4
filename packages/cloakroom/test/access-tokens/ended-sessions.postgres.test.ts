import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { issueAccessTokens } from 'cloakroom/access-tokens'
import { signInAs } from 'cloakroom/testing'
import { withFixture } from '../../src/testing/fixture.ts'
import { postgresHarness } from '../postgres-database.ts'
import { follower, openStream } from './ended-stream.ts'
import { issuerUrl, keyEncryptionKey, orders } from './fixture.ts'

describe('ended sessions on PostgreSQL', () => {
  it('are told by one process, whichever ended them', async (t) => {
    const harness = await postgresHarness('pg', 'text', { feed: true })
    await withFixture(harness, 'text', async ({ auth, authElsewhere, alice, bob, carol }) => {
      const [own, other] = [await auth(), await authElsewhere()]
      const issuer = await issueAccessTokens({
        auth: own,
        issuer: issuerUrl,
        audiences: { [orders]: {} },
        keyEncryptionKey,
      })
      const stream = await openStream(t, { auth: own })
      const verifier = follower(t, { jwks: issuer.jwks, clock: Date.now, url: stream.url })
      const statusOf = async (token: string) => {
        const result = await verifier.verify(token)
        return result.status === 'anonymous' ? result.reason : result.status
      }
      const tokens: string[] = []
      const sessions: string[] = []
      // What is of the second in which one began to listen is doubtful.
      await waitUntil('a token is good', async () => {
        const { token } = await signInAs(own, alice)
        const verification = await own.verify(token)
        assert.equal(verification.status, 'authenticated')
        const minted = await issuer.mint(verification, { audience: orders })
        return (await statusOf(minted.token)) === 'authenticated'
      })
      for (const user of [alice, bob, carol]) {
        const { token, session } = await signInAs(own, user)
        const verification = await own.verify(token)
        assert.equal(verification.status, 'authenticated')
        tokens.push((await issuer.mint(verification, { audience: orders })).token)
        sessions.push(session.id)
      }
      const [ofAlice = '', ofBob = '', ofCarol = ''] = tokens
      for (const token of tokens) assert.equal(await statusOf(token), 'authenticated')
      await other.revoke({ sessionId: sessions[0] ?? '' })
      await waitUntil('alice is out', async () => (await statusOf(ofAlice)) === 'revoked')
      await other.block(bob)
      await waitUntil('bob is out', async () => (await statusOf(ofBob)) === 'revoked')
      assert.equal(await statusOf(ofCarol), 'authenticated')
      await harness.deactivateUser(carol)
      await waitUntil('carol is out', async () => (await statusOf(ofCarol)) === 'revoked')
      await issuer.close()
    })
  })
})
