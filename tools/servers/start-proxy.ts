import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { choosePort } from './choose-port.ts'
import type { ProxyCount, ProxyOrder } from './proxy-process.ts'

const program = join(import.meta.dirname, 'proxy-process.ts')

export interface ProxyTarget {
  /** Where the server is, in place of `port` and `host`. */
  readonly url?: string
  readonly port?: number
  /** 127.0.0.1 unless told. */
  readonly host?: string
}

/** Each method resolves when it is in force. */
export interface FaultyProxy {
  readonly host: string
  readonly port: number
  /** The target's URL with the proxy in the server's place; `tcp://…` if the target has none. */
  readonly url: string
  /** Resets all connections, at both ends. New ones are served. */
  cut(): Promise<void>
  /**
   * Swallows all bytes, both ways, and news of closed connections, too; connections stay open and
   * new ones are accepted. A connection that has lost something stays dead after `restore()`.
   */
  blackHole(): Promise<void>
  /** Refuses new connections; the open ones go on. */
  refuse(): Promise<void>
  /** Adds so much to every round trip: what clients send arrives later. */
  delay(ms: number): Promise<void>
  /** The same with what the server sends. */
  delayAnswers(ms: number): Promise<void>
  /** Ends black hole, refusal and delays. */
  restore(): Promise<void>
  count(): Promise<ProxyCount>
  /** Drops all connections and ends. May be called again. */
  stop(): Promise<void>
}

/** Starts a TCP proxy with the faults that networks have. */
export async function startProxy(target: ProxyTarget): Promise<FaultyProxy> {
  const url = new URL(target.url ?? `tcp://${target.host ?? '127.0.0.1'}:${target.port}`)
  const { hostname, port: targetPort } = url
  if (targetPort === '') throw new TypeError('The URL of the proxy’s target must have a port')
  const port = await choosePort()
  url.hostname = '127.0.0.1'
  url.port = String(port)
  const child = fork(program, [String(port), targetPort, hostname], {
    execArgv: [],
    // Ctrl-C is for the tests; the proxy ends when they do.
    detached: true,
  })
  const ask = makeQueue(child)
  await ask()
  const order = async (what: ProxyOrder) => {
    await ask(what)
  }
  return {
    host: '127.0.0.1',
    port,
    url: url.href,
    cut: () => order({ do: 'cut' }),
    blackHole: () => order({ do: 'blackHole' }),
    refuse: () => order({ do: 'refuse' }),
    delay: (ms) => order({ do: 'delay', ms }),
    delayAnswers: (ms) => order({ do: 'delayAnswers', ms }),
    restore: () => order({ do: 'restore' }),
    count: () => ask({ do: 'count' }),
    async stop() {
      if (!child.connected) return
      child.ref()
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

type Ask = (order?: ProxyOrder) => Promise<ProxyCount>

/** The proxy answers every order, in order, and once before, when it has started. */
function makeQueue(child: ChildProcess): Ask {
  const waiting: PromiseWithResolvers<ProxyCount>[] = []
  // It waits for this process, which is not to wait for it but while it asks something.
  child.unref()
  child.on('message', (answer: ProxyCount) => {
    waiting.shift()?.resolve(answer)
    if (waiting.length === 0) child.channel?.unref()
  })
  child.once('exit', () => {
    for (const { reject } of waiting) reject(new Error('The proxy has ended'))
  })
  return async (order) => {
    const answer = Promise.withResolvers<ProxyCount>()
    waiting.push(answer)
    child.channel?.ref()
    if (order !== undefined) child.send(order)
    return await answer.promise
  }
}
