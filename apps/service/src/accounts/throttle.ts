import { hash } from 'node:crypto'
import type { Database, Queries } from '../database/database.ts'
import { deleteInBatches } from '../database/delete-in-batches.ts'
import { ServiceError } from '../service-error.ts'
import { type Backoff, delayAfter } from './backoff.ts'
import { type Count, claimCount, forgetCount, takeBackOne, writeCount } from './counts.ts'
import { networkOf } from './network.ts'

/** Somebody tries to guess something. */
export interface Guess {
  /** What is guessed at, such as the password of one account. The same for everybody who tries. */
  readonly secret: string
  readonly ip: string | undefined
}

/** A guess that was let through. Until told otherwise it counts as a failed one. */
export interface Attempt {
  /**
   * It was right: forgets the failures, and knows the network from now on. To be said last. Never
   * rejects: what the guess was for has been done by then, and must not be lost.
   */
  succeeded(): Promise<void>
}

/**
 * Slows guessing down without ever locking anybody out (ASVS 6.3.1). Three counts, in the database,
 * so that all processes share them, and each decision is one transaction that counts the attempt
 * before it is made: of many at once, no more get through than one after the other would.
 *
 * - Of one secret from one network: strict. Nobody else can use up somebody's own attempts.
 * - Of one network, whatever it guesses at: against trying one password on many accounts.
 * - Of one secret from everywhere: after 100 failures in a row (NIST SP 800-63B §5.2.2) each network
 *   waits before each guess, the first one included. It waits for itself alone, so however many
 *   attack from elsewhere, the owner gets through after one such wait.
 *
 * Where the secret was once known (a network that its owner has signed in from) only the first
 * count applies.
 */
export interface Throttle {
  /** @throws {ServiceError} `throttled` */
  begin(guess: Guess): Promise<Attempt>
  /** Counts one use of something costly from one network. @throws {ServiceError} `throttled` */
  spend(what: string, ip: string | undefined): Promise<void>
  /** Deletes what no longer matters. Returns how many rows that were. */
  prune(): Promise<number>
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Five guesses, then one after 10 s, 20 s, 40 s … up to one in a quarter of an hour. */
const fromOneNetwork: Backoff = { free: 5, firstMs: 10_000, maxMs: 15 * minute, forgetMs: day }
/** Offices share an address, so this one is generous, and ends in one a minute. */
const ofOneNetwork: Backoff = { free: 50, firstMs: 1000, maxMs: minute, forgetMs: 15 * minute }
const costlyThings: Backoff = { free: 20, firstMs: 5000, maxMs: minute, forgetMs: hour }
/** Waits of 30 s, doubled with each further hundred failures. */
const fromEverywhere = { ceiling: 100, firstMs: 30_000, maxMs: 15 * minute, forgetMs: day }
const networkKnownForMs = 90 * day

const untouched: Count = { failures: 0, freeAt: 0 }

/** `onError` is told when a success could not be counted as one. */
export function createThrottle(
  database: Database,
  clock: () => number,
  onError: (error: unknown) => void,
): Throttle {
  async function orThrottled(
    decide: (queries: Queries, now: number) => Promise<number>,
  ): Promise<void> {
    const now = clock()
    const freeAt = await database.transaction((queries) => decide(queries, now))
    if (freeAt > now) throw new ServiceError('throttled', Math.ceil((freeAt - now) / 1000))
  }

  return {
    async begin({ secret, ip }) {
      const keys = keysOf(secret, networkOf(ip))
      let known = false
      await orThrottled(async (queries, now) => {
        known = await isKnown(queries, keys.here, now)
        return admit(queries, keys, known, now)
      })
      return {
        succeeded: () => {
          const counted = database.transaction(async (queries) => {
            await forgetCount(queries, keys.here)
            // Only its own, if it was counted there: signing in to an account of one's own must not
            // pay for guesses at others.
            if (!known) await takeBackOne(queries, keys.network)
            await forgetCount(queries, keys.everywhere)
            await know(queries, keys.here, clock() + networkKnownForMs)
          })
          return counted.catch(onError)
        },
      }
    },

    async spend(what, ip) {
      const key = keyOf('spend', what, networkOf(ip))
      await orThrottled(async (queries, now) => {
        const spent = (await claimCount(queries, key, now)) ?? untouched
        if (spent.freeAt > now) return spent.freeAt
        await countOne(queries, key, spent, costlyThings, now)
        return 0
      })
    },

    async prune() {
      let total = 0
      for (const table of ['throttles', 'known_networks']) {
        const old = { table, key: 'key_hash', condition: 'forget_at <= ?' }
        total += await deleteInBatches(database, old, clock())
      }
      return total
    },
  }
}

/**
 * Counts the guess and returns 0, or returns the time until which it must wait. The counts are
 * always claimed in this order, as `succeeded` changes them, so that no two wait for each other.
 */
async function admit(queries: Queries, keys: Keys, known: boolean, now: number): Promise<number> {
  const here = await claimCount(queries, keys.here, now)
  const network = (!known && (await claimCount(queries, keys.network, now))) || untouched
  const everywhere = (!known && (await claimCount(queries, keys.everywhere, now))) || untouched
  const wait = waitUnderAttack(everywhere.failures)
  if (wait > 0 && here === undefined) {
    const freeAt = now + wait
    await writeCount(queries, keys.here, { failures: 0, freeAt }, freeAt + fromOneNetwork.forgetMs)
    return freeAt
  }
  const freeAt = Math.max(here?.freeAt ?? 0, network.freeAt)
  if (freeAt > now) return freeAt
  await countOne(queries, keys.here, here ?? untouched, fromOneNetwork, now, wait)
  if (known) return 0
  await countOne(queries, keys.network, network, ofOneNetwork, now)
  const failures = everywhere.failures + 1
  const forgetAt = now + fromEverywhere.forgetMs
  await writeCount(queries, keys.everywhere, { failures, freeAt: 0 }, forgetAt)
  return 0
}

/** One failure more. */
async function countOne(
  queries: Queries,
  key: Uint8Array,
  before: Count,
  backoff: Backoff,
  now: number,
  leastDelay = 0,
): Promise<void> {
  const failures = before.failures + 1
  const delay = Math.max(delayAfter(failures, backoff), leastDelay)
  // Of several at once, one that began earlier may come later, and must not wait for the present.
  const freeAt = delay === 0 ? 0 : now + delay
  await writeCount(queries, key, { failures, freeAt }, now + delay + backoff.forgetMs)
}

/** Whether the secret was once known from there. */
async function isKnown(queries: Queries, key: Uint8Array, now: number): Promise<boolean> {
  const sql = 'select forget_at from known_networks where key_hash = ? and forget_at > ?'
  return (await queries.one(sql, key, now)) !== undefined
}

async function know(queries: Queries, key: Uint8Array, forgetAt: number): Promise<void> {
  const row = { key_hash: key, forget_at: forgetAt }
  if (await queries.insertIfAbsent('known_networks', row)) return
  await queries.run('update known_networks set forget_at = ? where key_hash = ?', forgetAt, key)
}

interface Keys {
  readonly here: Uint8Array
  readonly network: Uint8Array
  readonly everywhere: Uint8Array
}

function keysOf(secret: string, network: string): Keys {
  return {
    here: keyOf('here', secret, network),
    network: keyOf('network', network),
    everywhere: keyOf('everywhere', secret),
  }
}

/** Hashed, so that all keys are short, and so that what people type by mistake is not kept. */
function keyOf(...parts: readonly string[]): Uint8Array {
  return hash('sha256', JSON.stringify(parts), 'buffer')
}

function waitUnderAttack(failures: number): number {
  const { ceiling, firstMs, maxMs } = fromEverywhere
  if (failures < ceiling) return 0
  return Math.min(firstMs * 2 ** Math.floor((failures - ceiling) / 100), maxMs)
}
