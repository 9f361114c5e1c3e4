import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, test } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import { verifyAccessTokens } from 'cloakroom/access-tokens'
import { createClient, newAdministrator, newUser } from './client.ts'
import { type KeptAliveClient, openKeptAliveClient } from './kept-alive-client.ts'
import { newDatabase, type TestDatabase } from './new-database.ts'
import { type SpawnedService, spawnService } from './spawn-service.ts'
import type { LoggedEvent } from './start-service.ts'
import { startService } from './start-service.ts'

const email = 'ada@example.com'
const threeWorkers = ['--workers', '3']

let database: TestDatabase
beforeEach(async () => {
  database = await newDatabase()
})
afterEach(() => database.remove())

function logged({ stdout }: SpawnedService, event: string): LoggedEvent[] {
  const lines = stdout().split('\n').slice(0, -1)
  return lines.map((line) => JSON.parse(line)).filter((line) => line.event === event)
}

async function spawnWorkers(
  test: Parameters<typeof spawnService>[0],
  environment: Readonly<Record<string, string>> = {},
): Promise<SpawnedService & { readonly origin: string }> {
  const spawned = await spawnService(
    test,
    { ...database.environment, ...environment },
    threeWorkers,
  )
  const { origin } = spawned
  assert.ok(origin, spawned.stderr())
  await waitUntil('all serve', () => logged(spawned, 'sys_startup').length === 3)
  return { ...spawned, origin }
}

/** Of the last worker that started with the number. */
function pidOf(spawned: SpawnedService, worker: unknown): number {
  const started = logged(spawned, 'sys_startup').findLast((line) => line.worker === worker)
  assert.equal(typeof started?.pid, 'number')
  return started?.pid as number
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}

test('workers start once: one address, one code, which works whoever is asked, and all end with SIGTERM', async (t) => {
  const spawned = await spawnWorkers(t)
  const { origin } = spawned
  assert.equal(spawned.stderr().match(/^Open /gm)?.length, 1)
  const codes = spawned.stderr().match(/[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}/g) ?? []
  assert.equal(codes.length, 1)
  assert.deepEqual(
    logged(spawned, 'sys_startup')
      .map(({ worker }) => worker)
      .sort(),
    [1, 2, 3],
  )
  await newAdministrator({ origin, setupCode: codes[0] })
  spawned.child.kill('SIGTERM')
  assert.equal(await spawned.ended, 0)
  assert.equal(logged(spawned, 'sys_shutdown').length, 3)
})

test('kill -9 of one of three workers under load fails nothing but what was on it, and signs nobody out', async (t) => {
  const spawned = await spawnWorkers(t, { TRUST_PROXY_HOPS: '1' })
  const { origin } = spawned
  await newUser(origin, email)
  const clients = await openClients(spawned)
  const running = Promise.all(clients.map(({ client }) => client.run()))
  t.after(() => {
    for (const { client } of clients) client.stop()
  })
  await haveAnswers(clients.map(({ client }) => client))

  const [victim] = clients
  assert.ok(victim)
  const pid = pidOf(spawned, victim.worker)
  process.kill(pid, 'SIGKILL')
  await waitUntil('another takes its place', () => pidOf(spawned, victim.worker) !== pid)
  await haveAnswers(clients.map(({ client }) => client))
  for (const { client } of clients) client.stop()
  await running

  const [death] = logged(spawned, 'sys_crash')
  assert.deepEqual(
    [death?.reason, death?.worker, death?.exit],
    ['worker_ended', victim.worker, 'SIGKILL'],
  )
  for (const { client, worker } of clients) {
    assert.deepEqual(client.refusals(), [])
    // Each has one request under way.
    assert.ok(client.failures() <= (worker === victim.worker ? 1 : 0), client.ip)
  }
  spawned.child.kill('SIGTERM')
  assert.equal(await spawned.ended, 0)
})

/** So many that at least two workers have some; which has whose, their log says. */
async function openClients(
  spawned: SpawnedService & { readonly origin: string },
): Promise<{ client: KeptAliveClient; worker: unknown }[]> {
  const clients: { client: KeptAliveClient; worker: unknown }[] = []
  while (clients.length < 12 || new Set(clients.map(({ worker }) => worker)).size < 2) {
    assert.ok(clients.length < 60, 'one worker takes all connections')
    const opening = [0, 1, 2, 3].map((index) => {
      const ip = `192.0.2.${clients.length + index + 1}`
      return openKeptAliveClient(spawned.origin, email, ip)
    })
    for (const client of await Promise.all(opening)) {
      const signIn = () => logged(spawned, 'authn_login_success').find(({ ip }) => ip === client.ip)
      await waitUntil('it is logged', () => signIn() !== undefined)
      clients.push({ client, worker: signIn()?.worker })
    }
  }
  return clients
}

async function haveAnswers(clients: readonly KeptAliveClient[]): Promise<void> {
  const before = clients.map((client) => client.answers())
  await waitUntil('each has had twenty answers more', () =>
    clients.every((client, index) => client.answers() >= (before[index] ?? 0) + 20),
  )
}

test('guesses are counted together, whichever worker they reach', async (t) => {
  const { origin } = await spawnWorkers(t)
  await newUser(origin, email)
  const guess = () => {
    const wrong = { email, password: 'the wrong passphrase' }
    return createClient(origin).post('/api/sign-in', wrong, { connection: 'close' })
  }
  const answers = await Promise.all(Array.from({ length: 24 }, guess))
  const checked = answers.filter(({ status }) => status === 401)
  assert.equal(checked.length, 5)
  assert.ok(answers.every(({ status }) => status === 401 || status === 429))
})

test('all sign with one key, which each of them publishes', async (t) => {
  const audience = 'https://orders.example'
  const { origin } = await spawnWorkers(t, {
    AUDIENCES: audience,
    KEY_ENCRYPTION_KEY: randomBytes(32).toString('base64url'),
  })
  const ada = await newUser(origin, email)
  const elsewhere = { connection: 'close' }
  const ask = (path: string) => ada.get(path, { 'x-forwarded-method': 'GET', ...elsewhere })
  const path = `/verify?audience=${audience}`
  const minted = await Promise.all(Array.from({ length: 12 }, () => ask(path)))
  const published = await Promise.all(
    Array.from({ length: 12 }, () => ask('/.well-known/jwks.json')),
  )
  assert.equal(new Set(published.map(({ text }) => text)).size, 1)
  const verifier = verifyAccessTokens({ issuer: origin, audience, jwks: published[0]?.body })
  for (const { headers } of minted) {
    const token = headers.get('x-auth-access-token') ?? undefined
    assert.equal((await verifier.verify(token)).status, 'authenticated')
  }
})

test('a worker that is asked to end drains, and another takes its place', async (t) => {
  const spawned = await spawnWorkers(t)
  const pid = pidOf(spawned, 2)
  process.kill(pid, 'SIGTERM')
  await waitUntil('another serves', () => pidOf(spawned, 2) !== pid)
  assert.equal(logged(spawned, 'sys_shutdown')[0]?.worker, 2)
  assert.equal((await createClient(spawned.origin).get('/readyz')).status, 200)
})

test('SIGTERM to every process at once, as from a service manager, still drains', async (t) => {
  const spawned = await spawnWorkers(t)
  for (const worker of [1, 2, 3]) process.kill(pidOf(spawned, worker), 'SIGTERM')
  spawned.child.kill('SIGTERM')
  assert.equal(await spawned.ended, 0)
})

test('workers do not outlive a supervisor that was killed', async (t) => {
  const spawned = await spawnWorkers(t)
  const pids = [1, 2, 3].map((worker) => pidOf(spawned, worker))
  spawned.child.kill('SIGKILL')
  await waitUntil('they are gone', () => pids.every(isGone))
})

test('what is wrong with the first worker is told once, and ends the start', async (t) => {
  const other = await startService()
  t.after(() => other.stop())
  const { port } = new URL(other.origin)
  const taken = await spawnService(t, { ...database.environment, PORT: port }, threeWorkers)
  assert.equal(await taken.ended, 1)
  assert.equal(
    taken.stderr(),
    `Cannot start: another program listens on 127.0.0.1:${port}; set PORT.\n`,
  )
  const wrong = await spawnService(t, database.environment, ['--workers', 'many'])
  assert.equal(await wrong.ended, 1)
  assert.match(wrong.stderr(), /^Cannot start: --workers must be a whole number/)
})
