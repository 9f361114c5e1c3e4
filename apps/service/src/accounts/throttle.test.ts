import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { newDatabase, type TestDatabase } from '../../test/new-database.ts'
import { type Database, openDatabase } from '../database/database.ts'
import { ServiceError } from '../service-error.ts'
import { createThrottle, type Throttle } from './throttle.ts'

let now: number
let place: TestDatabase
let database: Database
let throttle: Throttle

beforeEach(async () => {
  now = Date.UTC(2030, 0)
  place = await newDatabase()
  database = await openDatabase(place.address)
  await database.migrate()
  throttle = createThrottle(database, () => now, assert.ifError)
})

afterEach(async () => {
  await database.close()
  await place.remove()
})

async function rows(): Promise<number> {
  const counted = await database.one<{ n: number }>(
    'select (select count(*) from throttles) + (select count(*) from known_networks) as n',
  )
  return counted?.n ?? 0
}

const secret = 'password of victim@example.com'
const home = '192.0.2.1'
const minute = 60_000

/** Seconds to wait; 0: the guess was let through, and was wrong. */
async function guess(ip: string, what = secret): Promise<number> {
  try {
    await throttle.begin({ secret: what, ip })
    return 0
  } catch (error) {
    assert.ok(error instanceof ServiceError && error.code === 'throttled')
    return error.retryAfterSeconds ?? Number.NaN
  }
}

async function succeed(ip: string, what = secret): Promise<void> {
  await (await throttle.begin({ secret: what, ip })).succeeded()
}

/** Addresses of 100 networks and more. */
const attacker = (index: number) => `198.51.${100 + (index >> 8)}.${index & 0xff}`

/** A hundred failures in a row, from fifty networks. */
async function attack(): Promise<void> {
  for (let index = 0; index < 100; index += 1) assert.equal(await guess(attacker(index % 50)), 0)
}

test('five guesses are free, then each wait is twice as long, up to a quarter of an hour', async () => {
  for (let index = 0; index < 5; index += 1) assert.equal(await guess(home), 0)
  const waits: number[] = []
  for (let index = 0; index < 9; index += 1) {
    const wait = await guess(home)
    waits.push(wait)
    now += wait * 1000 - 1
    assert.equal(await guess(home), 1)
    now += 1
    assert.equal(await guess(home), 0)
  }
  assert.deepEqual(waits, [10, 20, 40, 80, 160, 320, 640, 900, 900])
})

test('of 200 guesses at once five get through', async () => {
  const waits = await Promise.all(Array.from({ length: 200 }, () => guess(home)))
  assert.equal(waits.filter((wait) => wait === 0).length, 5)
})

test('a success forgets the failures', async () => {
  for (let index = 0; index < 4; index += 1) await guess(home)
  await succeed(home)
  for (let index = 0; index < 5; index += 1) assert.equal(await guess(home), 0)
  assert.ok((await guess(home)) > 0)
})

test('after a day of rest the failures are forgotten', async () => {
  for (let index = 0; index < 5; index += 1) await guess(home)
  now += 25 * 60 * minute
  for (let index = 0; index < 5; index += 1) assert.equal(await guess(home), 0)
})

test('an attacker elsewhere does not slow down a network that the owner has signed in from', async () => {
  await succeed(home)
  await attack()
  for (let index = 0; index < 300; index += 1) await guess(attacker(index))
  await succeed(home)
})

test('under attack every new network waits before its first guess, and then has it to itself', async () => {
  await attack()
  const elsewhere = '203.0.113.7'
  const wait = await guess(elsewhere)
  assert.equal(wait, 30)
  // However many go on attacking meanwhile.
  for (let index = 0; index < 300; index += 1) await guess(attacker(index))
  now += wait * 1000
  await succeed(elsewhere)
  assert.equal(await guess(attacker(299)), 0)
})

test('the wait under attack grows with the attack, but never beyond a quarter of an hour', async () => {
  await attack()
  let most = 0
  for (let round = 0; round < 20; round += 1) {
    for (let index = 0; index < 100; index += 1) await guess(attacker(index))
    now += 16 * minute
    most = Math.max(most, await guess(`203.0.113.${round}`))
  }
  assert.equal(most, 900)
})

test('a success ends the state of attack', async () => {
  await succeed(home)
  await attack()
  await succeed(home)
  assert.equal(await guess('203.0.113.7'), 0)
})

test('one network that tries one password on many accounts is slowed down', async () => {
  const tries = Array.from({ length: 200 }, (_, index) => guess(home, `password of ${index}`))
  assert.equal((await Promise.all(tries)).filter((wait) => wait === 0).length, 50)
  now += 1000
  assert.equal(await guess(home, 'password of another'), 0)
  assert.equal(await guess(home, 'password of yet another'), 2)
})

test('signing in to an account of one’s own does not pay for guesses at others', async () => {
  // The same account each time is on a network that it knows from the second time on.
  for (const [ip, ownOf] of [
    [home, (index: number) => `own ${index}`],
    ['203.0.113.7', () => 'own'],
  ] as const) {
    let through = 0
    for (let index = 0; index < 200; index += 1) {
      if ((await guess(ip, `password of ${index}`)) === 0) through += 1
      if (index % 10 > 0) continue
      const own = await throttle.begin({ secret: ownOf(index), ip }).catch(() => undefined)
      await own?.succeeded()
    }
    assert.equal(through, 50, ip)
  }
})

test('somebody on a network that another slowed down still signs in where they did before', async () => {
  await succeed(home)
  await Promise.all(Array.from({ length: 100 }, (_, index) => guess(home, `password of ${index}`)))
  await succeed(home)
})

test('one subscriber’s IPv6 addresses count as one', async () => {
  for (let index = 0; index < 5; index += 1) assert.equal(await guess(`2001:db8::${index + 1}`), 0)
  assert.ok((await guess('2001:db8::ffff')) > 0)
  assert.equal(await guess('2001:db8:0:1::1'), 0)
})

test('costly things are slowed down for each network by itself', async () => {
  for (let index = 0; index < 20; index += 1) await throttle.spend('sign-up', home)
  await assert.rejects(throttle.spend('sign-up', home), { code: 'throttled', retryAfterSeconds: 5 })
  await throttle.spend('sign-up', '203.0.113.7')
})

test('what no longer matters is deleted, in batches', async () => {
  await succeed(home)
  // Not all at once: on a busy server the last would wait for longer than anybody should.
  for (let from = 0; from < 1200; from += 100) {
    const group = Array.from({ length: 100 }, (_, index) => from + index)
    await Promise.all(group.map((index) => guess(attacker(index), `${index}`)))
  }
  assert.equal(await rows(), 2 + 3 * 1200)
  now += 60 * minute
  assert.equal(await throttle.prune(), 1 + 1200)
  now += 91 * 24 * 60 * minute
  await throttle.prune()
  assert.equal(await rows(), 0)
})
