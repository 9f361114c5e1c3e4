import { hash } from 'node:crypto'
import type { Database } from '../database/database.ts'
import { ServiceError } from '../service-error.ts'
import { type Backoff, delayAfter } from './backoff.ts'
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
const pruneBatch = 500

interface Row {
  readonly failures: number
  readonly free_at: number
}

/** `onError` is told when a success could not be counted as one. */
export function createThrottle(
  database: Database,
  clock: () => number,
  onError: (error: unknown) => void,
): Throttle {
  const run = {
    read: database.prepare<Row>(
      'select failures, free_at from throttles where key = ? and forget_at > ?',
    ),
    write: database.prepare('insert or replace into throttles values (?, ?, ?, ?)'),
    forget: database.prepare('delete from throttles where key = ?'),
    takeBack: database.prepare(
      'update throttles set failures = max(failures - 1, 0) where key = ?',
    ),
    isKnown: database.prepare('select 1 from known_networks where key = ? and forget_at > ?'),
    know: database.prepare('insert or replace into known_networks values (?, ?)'),
    prune: ['throttles', 'known_networks'].map((table) =>
      database.prepare(
        `delete from ${table} where key in (select key from ${table} where forget_at <= ? limit ${pruneBatch})`,
      ),
    ),
  }
  const untouched: Row = { failures: 0, free_at: 0 }

  function count(key: Uint8Array, row: Row, backoff: Backoff, now: number, leastDelay = 0): void {
    const failures = row.failures + 1
    const freeAt = now + Math.max(delayAfter(failures, backoff), leastDelay)
    run.write.run(key, failures, freeAt, freeAt + backoff.forgetMs)
  }

  /** Counts the guess and returns 0, or returns the time until which it must wait. */
  function admit(keys: Keys, known: boolean, now: number): number {
    const here = run.read.get(keys.here, now)
    const network = (!known && run.read.get(keys.network, now)) || untouched
    const everywhere = (!known && run.read.get(keys.everywhere, now)) || untouched
    const wait = waitUnderAttack(everywhere.failures)
    if (wait > 0 && here === undefined) {
      const freeAt = now + wait
      run.write.run(keys.here, 0, freeAt, freeAt + fromOneNetwork.forgetMs)
      return freeAt
    }
    const freeAt = Math.max(here?.free_at ?? 0, network.free_at)
    if (freeAt > now) return freeAt
    count(keys.here, here ?? untouched, fromOneNetwork, now, wait)
    if (known) return 0
    count(keys.network, network, ofOneNetwork, now)
    const { failures } = everywhere
    run.write.run(keys.everywhere, failures + 1, 0, now + fromEverywhere.forgetMs)
    return 0
  }

  async function orThrottled(decide: (now: number) => number): Promise<void> {
    const now = clock()
    const freeAt = await database.write(() => decide(now))
    if (freeAt > now) throw new ServiceError('throttled', Math.ceil((freeAt - now) / 1000))
  }

  return {
    async begin({ secret, ip }) {
      const keys = keysOf(secret, networkOf(ip))
      let known = false
      await orThrottled((now) => {
        known = run.isKnown.get(keys.here, now) !== undefined
        return admit(keys, known, now)
      })
      return {
        succeeded: () => {
          const counted = database.write(() => {
            run.forget.run(keys.here)
            run.forget.run(keys.everywhere)
            // Only its own, if it was counted there: signing in to an account of one's own must not
            // pay for guesses at others.
            if (!known) run.takeBack.run(keys.network)
            run.know.run(keys.here, clock() + networkKnownForMs)
          })
          return counted.catch(onError)
        },
      }
    },

    async spend(what, ip) {
      const key = keyOf('spend', what, networkOf(ip))
      await orThrottled((now) => {
        const row = run.read.get(key, now) ?? untouched
        if (row.free_at > now) return row.free_at
        count(key, row, costlyThings, now)
        return 0
      })
    },

    async prune() {
      let total = 0
      for (const statement of run.prune) {
        for (let deleted = pruneBatch; deleted === pruneBatch; total += deleted) {
          deleted = await database.write(() => statement.run(clock()))
        }
      }
      return total
    },
  }
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
