import { type Calls, within } from '../calls.ts'
import { toFailure, unavailable } from '../failure.ts'
import { parseInfo } from '../info.ts'
import type { Keys } from '../keys.ts'
import type { Command, Dedicated, Primary, Reply } from '../link.ts'
import { toText, toTexts } from '../row.ts'
import { mark } from '../scripts/sessions.ts'
import { type Place, runIdOf, toPlace } from './place.ts'
import type { RequiredReplicas } from './required-replicas.ts'

export interface TrackingOptions {
  readonly calls: Calls
  readonly keys: Keys
  readonly isCluster: boolean
  /** Milliseconds to wait for replicas. */
  readonly waitMs: number
  readonly timeoutMs: number
}

/** One primary, tracked until a connection breaks. */
export interface Tracking {
  readonly place: Place
  /** Aborts, with the reason, when a connection breaks, and by `close`. */
  readonly ended: AbortSignal
  /**
   * One round trip: when it resolves, everything has been heard that was acknowledged before it began,
   * by whatever server.
   *
   * @throws {CloakroomError} `store_unavailable` whenever that is not sure
   */
  confirm(required: RequiredReplicas): Promise<void>
  close(): void
}

/**
 * Has the server tell of every change to the users' hashes and to everybody's epoch.
 *
 * It takes two connections, since one that listens can say nothing but PING, the clients of ioredis
 * knowing the older protocol only: the first asks for the tracking, and the second is told.
 */
export async function trackPrimary(
  primary: Primary,
  options: TrackingOptions,
  hear: (changed: Reply) => void,
): Promise<Tracking> {
  const { calls, keys, isCluster, waitMs, timeoutMs } = options
  const ending = new AbortController()
  const opened: Dedicated[] = []

  function end(reason: Error): void {
    if (ending.signal.aborted) return
    ending.abort(reason)
    // Each command that is under way fails by that.
    for (const connection of opened) connection.close()
  }

  async function open(): Promise<Dedicated> {
    const connection = await connect(primary, calls)
    opened.push(connection)
    connection.onEnd(() => end(unavailable('A connection of the feed has ended.')))
    return connection
  }

  function over(connection: Dedicated): Calls {
    return calls.over({ send: (_key, command) => connection.send(command) })
  }

  try {
    const [speaking, listening] = [await open(), await open()]
    const [speaker, inbox] = [over(speaking), over(listening)]
    const place = await readPlace(speaker, isCluster)
    const runId = runIdOf(parseInfo(await readText(inbox, ['info', 'server'])))
    // An id of a connection means another one on another server.
    if (place.runId !== runId) throw unavailable('Its address leads to two servers.')
    const inboxId = await readText(inbox, ['client', 'id'])
    await calls.limit(() => listening.subscribe('__redis__:invalidate', hear))
    const prefixes = [keys.start('u'), keys.start('all')].flatMap((start) => ['prefix', start])
    const tracking = ['client', 'tracking', 'on', 'redirect', inboxId, 'bcast', ...prefixes]
    await speaker.command('', tracking)

    async function confirm(requiredOf: RequiredReplicas): Promise<void> {
      // The write is what a server cannot do that has been replaced and does not know: WAIT shows that
      // the replicas, one of which must be the new primary, still follow it.
      const [seen, tracked] = await Promise.all([
        readPlace(speaker, isCluster),
        speaker.command('', ['client', 'trackinginfo']),
        speaker.run(mark, { home: place.bucket }),
      ])
      if (seen.version !== place.version) throw unavailable('Its role or its slots have changed.')
      if (!isTracking(tracked, inboxId)) throw unavailable('It does not track any more.')
      const required = requiredOf(seen)
      // Only now, when what was written before has been sent to the inbox: a server tells of changes at
      // the end of each turn of its loop, before anybody else hears that they are made.
      const [replicas] = await Promise.all([
        waitForReplicas(speaking, required),
        inbox.command('', ['ping']),
      ])
      if (replicas < required) {
        throw unavailable(`Only ${replicas} of ${required} replicas have the heartbeat.`)
      }
      if (ending.signal.aborted) throw ending.signal.reason
    }

    async function waitForReplicas(connection: Dedicated, count: number): Promise<number> {
      const until = performance.now() + waitMs + timeoutMs
      const wait = ['wait', String(count), String(waitMs)]
      const sent = within(until, () => connection.send(wait))
      return (await sent.catch((error) => Promise.reject(toFailure(error)))) as number
    }

    if (ending.signal.aborted) throw ending.signal.reason
    const close = () => end(unavailable('The feed was closed.'))
    return { place, ended: ending.signal, confirm, close }
  } catch (error) {
    end(toFailure(error))
    throw error
  }
}

async function connect(primary: Primary, calls: Calls): Promise<Dedicated> {
  const connecting = primary.dedicate()
  try {
    return await calls.limit(() => connecting)
  } catch (error) {
    // It may connect after all.
    connecting.then((connection) => connection.close()).catch(() => undefined)
    throw error
  }
}

async function readPlace(server: Calls, isCluster: boolean): Promise<Place> {
  const [info, nodes] = await Promise.all([
    readText(server, ['info', 'server', 'replication']),
    isCluster ? readText(server, ['cluster', 'nodes']) : undefined,
  ])
  return toPlace(info, nodes)
}

async function readText(server: Calls, command: Command): Promise<string> {
  return toText(await server.command('', command)) ?? ''
}

/** Of `[flags, […], redirect, id, prefixes, […]]`. */
function isTracking(reply: Reply, inboxId: string): boolean {
  const [, flags, , redirect] = reply as readonly Reply[]
  const names = toTexts(flags)
  return (
    names.includes('bcast') && !names.includes('broken_redirect') && toText(redirect) === inboxId
  )
}
