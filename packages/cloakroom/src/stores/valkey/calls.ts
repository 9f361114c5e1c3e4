import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { isScriptMissing, isSlotMoving, isTimeout, toFailure, tooLate } from './failure.ts'
import type { Bucket, Keys } from './keys.ts'
import type { Argument, Command, Reply } from './link.ts'
import { toText } from './row.ts'
import type { Script } from './scripts/script.ts'

export interface Call {
  /** The bucket in whose slot the script runs. */
  readonly home: Bucket
  /** The keys that can be told beforehand. Where there are none: that of everybody's epoch. */
  readonly keys?: readonly string[]
  readonly args?: readonly Argument[]
}

/** Where commands go. */
export interface Transport {
  send(key: string, command: Command): Promise<Reply>
  /** Called when nothing has come back for as long as somebody waited. */
  renew?(key: string): Promise<void>
}

/** Runs scripts, each of which is answered or rejects with `store_unavailable` within the time limit. */
export interface Calls {
  run(script: Script, call: Call): Promise<readonly Reply[]>
  command(key: string, command: Command): Promise<Reply>
  /** Gives something else the same time limit, and the same way to fail. */
  limit<Result>(work: () => Promise<Result>): Promise<Result>
  /** The same over another connection. */
  over(transport: Transport): Calls
}

export interface CallOptions {
  readonly keys: Keys
  readonly isCluster: boolean
  readonly timeoutMs: number
}

export function createCalls(transport: Transport, options: CallOptions): Calls {
  // The server's clock against this process's monotonic one; every answer puts it right.
  const clock = { offset: Date.now() - performance.now() }
  return callsOver(transport, clock, options)
}

function callsOver(transport: Transport, clock: { offset: number }, options: CallOptions): Calls {
  const { keys, isCluster, timeoutMs } = options
  const ask = watchfully(transport, options)

  async function evaluate(
    script: Script,
    named: readonly string[],
    args: Command,
    until: number,
  ): Promise<readonly Reply[]> {
    const [key = ''] = named
    const words = [String(named.length), ...named, keys.prefix, isCluster ? '0' : '1', ...args]
    let command: Command = ['evalsha', script.sha, ...words]
    for (let wait = 5; ; ) {
      try {
        return (await ask(key, command, until)) as readonly Reply[]
      } catch (error) {
        if (isScriptMissing(error)) {
          command = ['eval', script.text, ...words]
          continue
        }
        if (!isSlotMoving(error) || performance.now() + wait > until) throw error
        await delay(wait)
        wait = Math.min(wait * 2, 100)
      }
    }
  }

  function setClock(now: Reply | undefined): void {
    clock.offset = (now as number) - performance.now()
  }

  async function run(script: Script, call: Call): Promise<readonly Reply[]> {
    const { home, keys: named = [keys.everybody(home)], args = [] } = call
    const until = performance.now() + timeoutMs
    if (!script.isGuarded) {
      const reply = await evaluate(script, [keys.none(home), ...named], [home, ...args], until)
      setClock(reply[0])
      return reply
    }
    const guarded = [keys.call(home, randomBytes(12).toString('base64url')), ...named]
    for (;;) {
      const deadline = String(Math.round(until + clock.offset))
      const reply = await evaluate(script, guarded, [home, deadline, ...args], until)
      if (toText(reply[0]) !== 'late') return reply
      // By the server's clock, which may have been set, or is that of another server.
      setClock(reply[1])
    }
  }

  return {
    run: (script, call) => failing(() => run(script, call)),
    command: (key, command) => failing(() => ask(key, command, performance.now() + timeoutMs)),
    limit: (work) => failing(() => within(performance.now() + timeoutMs, work)),
    over: (other) => callsOver(other, clock, options),
  }
}

async function failing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw toFailure(error)
  }
}

type Ask = (key: string, command: Command, until: number) => Promise<Reply>

/**
 * Sends, and gives a silent connection up: one by which nothing at all has come since a command was
 * sent for which nobody waits any more. (In a cluster, where the other servers are heard all the same:
 * any such.) The next connection gets as long to show itself.
 */
function watchfully(transport: Transport, { isCluster, timeoutMs }: CallOptions): Ask {
  let heardAt = 0
  let renewedAt = -Infinity

  function renewIfSilent(key: string, sentAt: number): void {
    const now = performance.now()
    if ((heardAt > sentAt && !isCluster) || now - renewedAt < timeoutMs) return
    renewedAt = now
    // Where that fails too, the next command that is not answered tries again.
    transport.renew?.(key).catch(() => undefined)
  }

  return async (key, command, until) => {
    const sentAt = performance.now()
    try {
      const reply = await within(until, () => transport.send(key, command))
      heardAt = performance.now()
      return reply
    } catch (error) {
      if (isTimeout(error)) renewIfSilent(key, sentAt)
      else heardAt = performance.now()
      throw error
    }
  }
}

/** Rejects if it takes longer: drivers queue commands while there is no connection. */
export function within<Result>(until: number, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const working = work()
    const limitMs = Math.max(0, until - performance.now())
    const timer = setTimeout(() => reject(tooLate()), limitMs)
    const settle = <Value>(settled: (value: Value) => void) => {
      return (value: Value) => {
        clearTimeout(timer)
        settled(value)
      }
    }
    working.then(settle(resolve), settle(reject))
  })
}
