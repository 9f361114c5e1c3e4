import { setTimeout as delay } from 'node:timers/promises'
import type { FaultyProxy, PrivateServer } from '@cloakroom/test-servers'
import { integerBelow, pick, type Random } from '../../src/testing/random.ts'
import { leaseSeconds, type Place } from './open-store.ts'

/** Servers, the ways to them, and what can happen to both. */
export interface Site {
  readonly title: string
  /** Whether a failover may lose what was not waited for. */
  readonly losesSessions: boolean
  placeOf(index: number): Place
  readonly faults: Readonly<Record<string, Fault>>
  stop(): Promise<void>
}

/** Resolves when it is over, and what was broken works again. */
export type Fault = (random: Random) => Promise<void>

export const leaseMs: number = leaseSeconds * 1000

/** For so many leases. */
export function waitLeases(random: Random, from: number, to: number): Promise<void> {
  return delay(leaseMs * from + integerBelow(random, leaseMs * (to - from)))
}

export interface Ways {
  /** Statements of all processes go through this one. */
  readonly store: FaultyProxy
  /** The feeds of the even processes, and of the odd ones. */
  readonly feeds: readonly [FaultyProxy, FaultyProxy]
}

/** What networks do. */
export function networkFaults({ store, feeds }: Ways): Record<string, Fault> {
  return {
    async 'feeds cut off'(random) {
      await pick(random, feeds).cut()
    },

    async 'feeds in a black hole'(random) {
      const feed = pick(random, feeds)
      await feed.blackHole()
      await waitLeases(random, 1.3, 2.2)
      await feed.restore()
    },

    /** A round trip ends long after its start, and what was told meanwhile is lost. */
    async 'feeds slow, then in a black hole'(random) {
      const feed = pick(random, feeds)
      await feed.delayAnswers(0.8 * leaseMs)
      await waitLeases(random, 1.8, 2.6)
      await feed.blackHole()
      await waitLeases(random, 1.4, 1.8)
      await feed.restore()
    },

    /** What is read is old when it arrives. */
    async 'answers of the store slow'(random) {
      await store.delayAnswers(60 + integerBelow(random, 100))
      await waitLeases(random, 1, 1.5)
      await store.restore()
    },

    async 'statements cut off'() {
      await store.cut()
    },
  }
}

/** What happens to a server that keeps what it has. */
export function serverFaults(server: PrivateServer): Record<string, Fault> {
  return {
    async 'server stopped and continued'(random) {
      server.pause()
      await waitLeases(random, 0.4, 1.6)
      server.resume()
    },

    async 'server restarted'() {
      await server.restart()
    },

    async 'server killed and started'() {
      await server.kill()
      await server.restart()
    },
  }
}
