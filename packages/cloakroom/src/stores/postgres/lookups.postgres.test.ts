import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { sharedPostgres, startProxy } from '@cloakroom/test-servers'
import { type Gate, type GatedUsers, openGatedUsers } from '../../../test/gated-users.ts'
import { nodeSessions } from '../../adapters/node.ts'
import { CloakroomError } from '../../errors.ts'
import { signInAs } from '../../testing/index.ts'
import { integerBelow, seededRandom } from '../../testing/random.ts'

const drivers = ['pg', 'postgres.js'] as const
/** Statements at once before lookups are collected. */
const atOnce = 4

/** Occupies all statements that there may be, each by a user of its own at a gate of its own. */
async function occupy({ auth, change, shut }: GatedUsers, tokens: readonly string[]) {
  const gates: Gate[] = []
  const verifications: Promise<{ status: string }>[] = []
  for (const [n, token] of tokens.slice(0, atOnce).entries()) {
    await change(`u${n}`, `gate = ${100 + n}`)
    const gate = await shut(100 + n)
    verifications.push(auth.verify(token))
    await gate.arrival()
    gates.push(gate)
  }
  /** Lets one of the statements return. */
  const release = () => gates.pop()?.open()
  return { release, verifications }
}

function isLive(outcome: PromiseSettledResult<{ status: string }>): boolean {
  return outcome.status === 'fulfilled' && outcome.value.status === 'authenticated'
}

function assertUnavailable(outcome: PromiseSettledResult<unknown> | undefined): CloakroomError {
  assert(outcome?.status === 'rejected')
  assert(outcome.reason instanceof CloakroomError)
  assert.equal(outcome.reason.code, 'store_unavailable')
  return outcome.reason
}

describe('lookups on a real server', () => {
  for (const driver of drivers) {
    test(`each of 256 at once gets its own session: ${driver}`, async (t) => {
      const { auth, signIn } = await openGatedUsers(t, { driver })
      const tokens = await signIn(256)
      const verifications = await Promise.all(tokens.map((token) => auth.verify(token)))
      for (const [n, verification] of verifications.entries()) {
        assert(verification.status === 'authenticated')
        assert.deepEqual(verification.user, { id: `u${n}`, name: `User ${n}` })
      }
    })
  }

  test('256 at once are five statements', async (t) => {
    const { auth, signIn, statements } = await openGatedUsers(t)
    const tokens = await signIn(256)
    const before = statements()
    await Promise.all(tokens.map((token) => auth.verify(token)))
    assert.equal(statements() - before, atOnce + 1)
  })

  test('as many as may be at once are a statement each', async (t) => {
    const { auth, signIn, statements } = await openGatedUsers(t)
    const tokens = await signIn(atOnce)
    const before = statements()
    await Promise.all(tokens.map((token) => auth.verify(token)))
    assert.equal(statements() - before, atOnce)
  })

  test('after a revocation was acknowledged no lookup sees the session, however many there are', async (t) => {
    const { auth, signIn } = await openGatedUsers(t)
    const random = seededRandom(t)
    const others = await signIn(60)
    for (let round = 0; round < 100; round += 1) {
      const { token } = await signInAs(auth, `u${integerBelow(random, 60)}`)
      const background = others.slice(0, integerBelow(random, 60)).map((each) => auth.verify(each))
      const before = [auth.verify(token), auth.verify(token)]
      await auth.signOut(token)
      const after = [token, ...others.slice(0, 5), token].map((each) => auth.verify(each))
      for (const [n, { status }] of (await Promise.all(after)).entries()) {
        assert.equal(status, n % 6 === 0 ? 'anonymous' : 'authenticated')
      }
      await Promise.all([...background, ...before])
    }
  })

  test('a caller of a session that many ask for has a user object of its own', async (t) => {
    const { auth, signIn } = await openGatedUsers(t)
    const [token] = await signIn(1)
    const all = await Promise.all(Array.from({ length: 40 }, () => auth.verify(token)))
    const users = all.map((each) => each.status === 'authenticated' && each.user)
    assert.equal(new Set(users).size, 40)
  })
})

describe('of 256 lookups at once', () => {
  const faults: Record<string, string> = {
    'whose user makes `active` divide by zero': 'divisor = 0',
    'whose user makes a function in `active` raise': 'divisor = -1',
    'whose user makes a function in `active` raise with a code of its own': 'divisor = -2',
  }
  for (const driver of drivers) {
    for (const [name, assignment] of Object.entries(faults)) {
      test(`the one ${name} fails alone: ${driver}`, async (t) => {
        const { auth, signIn, change } = await openGatedUsers(t, { driver })
        const tokens = await signIn(256)
        await change('u100', assignment)
        const outcomes = await Promise.allSettled(tokens.map((token) => auth.verify(token)))
        const error = assertUnavailable(outcomes[100])
        assert.doesNotMatch(error.message, /card|User|u100/)
        assert.equal(outcomes.filter(isLive).length, 255)
        assert((await auth.verify(tokens[0])).status === 'authenticated')
      })
    }
  }

  test('the one whose user lacks what `select` promises fails alone', async (t) => {
    const { auth, application, signIn, change } = await openGatedUsers(t)
    const tokens = await signIn(256)
    await application.query('alter table users alter column name drop not null')
    await change('u100', 'name = null')
    const outcomes = await Promise.allSettled(tokens.map((token) => auth.verify(token)))
    assert(outcomes[100]?.status === 'rejected')
    assert.equal(outcomes[100].reason.code, 'schema_mismatch')
    assert.equal(outcomes.filter(isLive).length, 255)
  })
})

describe('a batch under way', () => {
  /** Two batches: the first waits at gate 1 with `u10`, the second is sent when the first is stuck. */
  async function twoBatches(users: GatedUsers) {
    const { auth, signIn, change, shut } = users
    const tokens = await signIn(40)
    await change('u10', 'gate = 1')
    const gate = await shut(1)
    const { release, verifications } = await occupy(users, tokens)
    const first = tokens.slice(10, 25).map((token) => auth.verify(token))
    await release()
    const process = await gate.arrival()
    const second = tokens.slice(25, 40).map((token) => auth.verify(token))
    await release()
    return { gate, process, first, second, rest: verifications, release }
  }

  for (const driver of drivers) {
    test(`fails, when its connection is lost, for its own callers only: ${driver}`, async (t) => {
      const users = await openGatedUsers(t, { driver })
      const { process, first, second, rest, release } = await twoBatches(users)
      assert((await Promise.allSettled(second)).every(isLive))
      const outcomes = Promise.allSettled(first)
      await users.application.query('select pg_terminate_backend($1)', [process])
      for (const outcome of await outcomes) assertUnavailable(outcome)
      await release()
      await release()
      assert((await Promise.allSettled(rest)).every(isLive))
    })
  }

  test('goes on for the others when one client goes away', async (t) => {
    const users = await openGatedUsers(t)
    const sessions = nodeSessions(users.auth)
    const server = createServer(
      sessions.required((_, response) => {
        response.end()
      }),
    ).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const tokens = await users.signIn(30)
    await users.change('u10', 'gate = 1')
    const gate = await users.shut(1)
    const { release, verifications } = await occupy(users, tokens)
    let arrived = 0
    server.on('request', () => {
      arrived += 1
    })
    const requests = tokens.slice(10).map((token) => {
      const cookie = `${users.auth.http.cookieName}=${token}`
      return get({ host: '127.0.0.1', port, headers: { cookie }, agent: false })
    })
    const statuses = requests.map(async (request) => {
      const [response] = await once(request, 'response')
      response.resume()
      return response.statusCode
    })
    while (arrived < requests.length) await once(server, 'request')
    await release()
    await gate.arrival()
    requests[3]?.destroy()
    const outcomes = Promise.allSettled(statuses)
    await gate.open()
    for (const [n, outcome] of (await outcomes).entries()) {
      if (n === 3) assert.equal(outcome.status, 'rejected')
      else assert.deepEqual(outcome, { status: 'fulfilled', value: 200 })
    }
    for (let n = 1; n < atOnce; n += 1) await release()
    await Promise.all(verifications)
  })
})

test('while the network swallows everything, lookups that had to wait fail in their own time', async (t) => {
  const proxy = await startProxy({ url: await sharedPostgres() })
  t.after(() => proxy.stop())
  const timeoutSeconds = 2
  const through = (url: string) => {
    const its = new URL(url)
    its.port = String(proxy.port)
    return its.href
  }
  const { auth, signIn } = await openGatedUsers(t, { timeoutSeconds, through })
  const tokens = await signIn(300)
  await proxy.blackHole()
  const started = performance.now()
  for (const outcome of await Promise.allSettled(tokens.map((token) => auth.verify(token)))) {
    assertUnavailable(outcome)
  }
  // One after the other, the first statements and the two that would follow them take three times that.
  assert(performance.now() - started < 2 * timeoutSeconds * 1000)
  await proxy.restore()
  const outcomes = await Promise.allSettled(tokens.map((token) => auth.verify(token)))
  assert(outcomes.every(isLive))
})
