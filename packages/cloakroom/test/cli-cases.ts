import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { contextOf } from '../src/core/context.ts'
import type { AnyUser, Cloakroom, UserId } from '../src/index.ts'
import { signInAs } from '../src/testing/index.ts'
import { createProject, type Finished, type Project } from './cli-project.ts'

/** A database of its own, with the tables made and with the users that `cliCases` names. */
export interface CliHarness {
  /** Packages that the application has installed. Default: all. */
  readonly packages?: readonly string[]
  /** The text of its auth.ts. */
  readonly config?: string
  /** What to type to say which database. */
  readonly database: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** How `--replicated` ends where the store cannot wait for replicas. */
  readonly replicated?: { readonly code: number; readonly isRevoked: boolean }
  readonly auth: Cloakroom<AnyUser>
  close(): Promise<void>
}

const [ada, grace, joan] = ['a-1', 'g-2', 'j-3'] as const
export const cliUsers: readonly string[] = [ada, grace, joan]

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** What every command does, on whichever database. */
export function cliCases(name: string, create: () => Promise<CliHarness>): void {
  describe(`npx cloakroom on ${name}`, () => {
    let harness: CliHarness
    let project: Project
    before(async () => {
      harness = await create()
      project = createProject(harness.packages)
      if (harness.config !== undefined) project.write('auth.ts', harness.config)
    })
    after(async () => {
      await harness.close()
      project.remove()
    })

    const run = (...typed: string[]) =>
      project.run([...typed, ...harness.database], harness.environment)
    const json = async (...typed: string[]) => parse(await run(...typed, '--json'))
    const signIn = (userId: UserId, device = 'Firefox on Linux') =>
      signInAs(harness.auth, userId, { methods: ['pwd'], device, ip: '203.0.113.7' })
    const status = async (token: string) => (await harness.auth.verify(token)).status

    it('lists the sessions of a user, for programs and for people', async () => {
      const first = await signIn(ada)
      const second = await signIn(ada, 'Safari on iPhone')
      await signIn(grace)
      const listed = await json('sessions', 'list', ada)
      assert.deepEqual(Object.keys(listed), ['userId', 'sessions'])
      assert.equal(listed.userId, ada)
      assert.deepEqual(
        listed.sessions.map(({ id }: { id: string }) => id),
        [second.session.id, first.session.id],
      )
      const { id, createdAt, lastSeenAt, expiresAt, authenticatedAt, ...rest } = listed.sessions[1]
      assert.match(id, uuid)
      for (const at of [createdAt, lastSeenAt, expiresAt, authenticatedAt]) assert.match(at, time)
      assert.deepEqual(rest, {
        userId: ada,
        state: 'live',
        persistent: true,
        methods: ['pwd'],
        device: 'Firefox on Linux',
        ip: '203.0.113.7',
        clientId: null,
        impersonatorId: null,
      })

      const { code, stdout, stderr } = await run('sessions', 'list', ada)
      assert.equal(code, 0, stderr)
      const [header = '', ...lines] = stdout.trimEnd().split('\n')
      assert.match(header, /^SESSION +STATE +DEVICE +IP +SIGNED IN +LAST SEEN +ENDS$/)
      assert.equal(lines.length, 2)
      assert.match(
        lines[0] ?? '',
        new RegExp(`^${second.session.id}  live   Safari on iPhone  203\\.0\\.113\\.7  \\d{4}-`),
      )
      await harness.auth.revoke({ everybody: true })
    })

    it('ends one session, and says so when there is none', async () => {
      const [one, other] = [await signIn(ada), await signIn(ada)]
      const typed = ['sessions', 'revoke', one.session.id, '--yes']
      assert.deepEqual(await json(...typed), { revoked: [one.session.id] })
      assert.deepEqual(
        [await status(one.token), await status(other.token)],
        ['anonymous', 'authenticated'],
      )
      const again = await run(...typed)
      assert.deepEqual([again.code, again.stdout], [4, 'There is no such session.\n'])
      await harness.auth.revoke({ everybody: true })
    })

    it('ends all sessions of a user but one, then that one, and nobody else’s', async () => {
      const kept = await signIn(ada)
      const others = [await signIn(ada), await signIn(ada)]
      const bystander = await signIn(grace)
      const { revoked } = await json(
        'sessions',
        'revoke-all',
        ada,
        '--except',
        kept.session.id,
        '-y',
      )
      assert.deepEqual(revoked.sort(), others.map(({ session }) => session.id).sort())
      assert.equal(await status(kept.token), 'authenticated')
      const { stdout } = await run('sessions', 'revoke-all', ada, '--yes')
      assert.equal(stdout, `Ended 1 session of user ${ada}.\n`)
      assert.equal(await status(kept.token), 'anonymous')
      assert.equal(await status(bystander.token), 'authenticated')
      await harness.auth.revoke({ everybody: true })
    })

    it('ends everybody’s sessions, and a sign-in that is under way gets none', async () => {
      const sessions = await Promise.all([signIn(ada), signIn(grace)])
      const attempt = await harness.auth.beginSignIn(joan)
      const { revoked } = await json('sessions', 'revoke-all', '--everybody', '--yes')
      assert.equal(revoked.length, 2)
      for (const { token } of sessions) assert.equal(await status(token), 'anonymous')
      await assert.rejects(attempt.complete({}), { code: 'sign_in_superseded' })
    })

    it('blocks a user, shows it, and unblocks', async () => {
      const { token, session } = await signIn(ada)
      assert.deepEqual(await json('users', 'show', ada), {
        userId: ada,
        blockedAt: null,
        liveSessions: 1,
      })
      assert.deepEqual(await json('users', 'block', ada, '--yes'), {
        userId: ada,
        revoked: [session.id],
      })
      assert.equal(await status(token), 'anonymous')
      await assert.rejects(signIn(ada), { code: 'sign_in_superseded' })
      const shown = await json('users', 'show', ada)
      assert.match(shown.blockedAt, time)
      assert.equal(shown.liveSessions, 0)
      assert.equal((await json('stats')).blockedUsers, 1)
      assert.deepEqual(await json('users', 'unblock', ada), { userId: ada })
      assert.equal(await status((await signIn(ada)).token), 'authenticated')
      await harness.auth.revoke({ everybody: true })
    })

    it('counts, and finds nothing to delete', async () => {
      await signIn(ada)
      await harness.auth.createAnonymous()
      assert.deepEqual(await json('stats'), {
        sessions: 2,
        anonymous: 1,
        expired: 0,
        blockedUsers: 0,
      })
      assert.deepEqual(await json('prune'), { pruned: 0 })
      await harness.auth.revoke({ everybody: true })
    })

    it('waits for replicas, or says that it cannot', async () => {
      const { token, session } = await signIn(ada)
      const typed = ['sessions', 'revoke', session.id, '--replicated', '--yes']
      const { code, stderr } = await run(...typed)
      const expected = harness.replicated ?? { code: 0, isRevoked: true }
      const isRevoked = (await status(token)) === 'anonymous'
      assert.deepEqual({ code, isRevoked }, expected, stderr)
      await harness.auth.revoke({ everybody: true })
    })

    it('waits for the caches of all processes', async () => {
      const leaseMs = 2000
      await contextOf(harness.auth).store.largestLease(leaseMs)
      const { session } = await signIn(ada)
      const before = performance.now()
      const { code, stderr } = await run('sessions', 'revoke', session.id, '--settled', '--yes')
      assert.equal(code, 0, stderr)
      assert(performance.now() - before > leaseMs)
    })

    it('asks nobody where there is no terminal, and does nothing', async () => {
      const { token, session } = await signIn(ada)
      for (const typed of [
        ['sessions', 'revoke', session.id],
        ['sessions', 'revoke-all', ada],
        ['sessions', 'revoke-all', '--everybody'],
        ['users', 'block', ada],
      ]) {
        const { code, stdout, stderr } = await run(...typed)
        assert.deepEqual([code, stdout], [3, ''])
        assert.match(stderr, /not_confirmed/)
      }
      assert.equal(await status(token), 'authenticated')
      assert.equal(await harness.auth.blockedAt(ada), null)
      await harness.auth.revoke({ everybody: true })
    })
  })
}

function parse({ code, stdout, stderr }: Finished) {
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  return JSON.parse(stdout)
}
