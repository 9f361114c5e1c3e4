import { setTimeout as delay } from 'node:timers/promises'
import { CloakroomError } from '../../errors.ts'
import { type Calls, within } from './calls.ts'
import { isElsewhere, toFailure, unavailable } from './failure.ts'
import { bucketOfKey } from './keys.ts'
import type { Command, Dedicated, Link, Reply } from './link.ts'
import { mark } from './scripts/sessions.ts'

export interface ReplicaOptions {
  /** How many must have a write. */
  readonly count: number
  /** Milliseconds to wait for them. */
  readonly waitMs: number
  readonly timeoutMs: number
}

/** Waits for replicas, on connections of its own: WAIT holds up all that shares its connection. */
export interface Replicas {
  /** What it runs is on the replicas when it resolves. If they do not have it in time it rejects. */
  lasting<Result>(work: (calls: Calls) => Promise<Result>): Promise<Result>
  close(): void
}

export function createReplicas(link: Link, calls: Calls, options: ReplicaOptions): Replicas {
  const { count, waitMs, timeoutMs } = options
  const connections = new Map<string, Promise<Dedicated>>()

  function drop(name: string, connection: Promise<Dedicated>): void {
    if (connections.get(name) === connection) connections.delete(name)
    // Now, or when it has connected after all.
    connection.then((dedicated) => dedicated.close()).catch(() => undefined)
  }

  /** `undefined`: the command has not been carried out, or its outcome is not known. */
  async function sendOnce(
    key: string,
    command: Command,
  ): Promise<{ dedicated: Dedicated; reply: Reply } | undefined> {
    const { name, dedicate } = await link.primaryOf(key)
    const connection = connections.get(name) ?? dedicate()
    connections.set(name, connection)
    let dedicated: Dedicated | undefined
    try {
      dedicated = await within(performance.now() + timeoutMs, () => connection)
      const { send } = dedicated
      const reply = await within(performance.now() + timeoutMs, () => send(command))
      return { dedicated, reply }
    } catch (error) {
      const isReply = dedicated?.isOpen() === true && !(error instanceof CloakroomError)
      if (isReply && !isElsewhere(error)) throw error
      drop(name, connection)
      return undefined
    }
  }

  /**
   * Again on another connection, until it is too late, when one breaks or its server is not the primary
   * any more: scripts that are guarded are not carried out twice.
   */
  async function send(key: string, command: Command, used: Map<Dedicated, string>): Promise<Reply> {
    const until = performance.now() + timeoutMs
    for (;;) {
      const sent = await sendOnce(key, command)
      if (sent !== undefined) {
        used.set(sent.dedicated, key)
        return sent.reply
      }
      if (performance.now() > until) throw unavailable('No primary answers.')
      // On the driver's own connection, by which it learns where the primary is now.
      await link.send(key, ['exists', key]).catch(() => undefined)
      await delay(20)
    }
  }

  /**
   * Waits on the connection on which it was written, after one more write: an answer that was given
   * again, on a new connection, is no write of that connection's, and WAIT would not wait.
   */
  async function confirm(dedicated: Dedicated, key: string): Promise<void> {
    const own = calls.over({ send: (_key, command) => dedicated.send(command) })
    await own.run(mark, { home: bucketOfKey(key) })
    const wait = ['wait', String(count), String(waitMs)]
    const until = performance.now() + waitMs + timeoutMs
    const sent = within(until, () => dedicated.send(wait))
    const acknowledged = (await sent.catch((error) => Promise.reject(toFailure(error)))) as number
    if (acknowledged >= count) return
    throw unavailable(`It is made, but only ${acknowledged} of ${count} replicas have it.`)
  }

  return {
    async lasting(work) {
      const used = new Map<Dedicated, string>()
      const result = await work(calls.over({ send: (key, command) => send(key, command, used) }))
      await Promise.all([...used].map(([dedicated, key]) => confirm(dedicated, key)))
      return result
    },
    close() {
      for (const [name, connection] of connections) drop(name, connection)
    },
  }
}
