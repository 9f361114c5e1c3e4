import type { Command, Dedicated, Link, Primary, Reply } from './link.ts'
import { renewable } from './renewable.ts'

/** The part of what `createClient` of node-redis 6 returns that is used. */
export interface NodeRedisClient {
  sendCommand(command: never, options?: never): Promise<unknown>
  duplicate(overrides?: never): unknown
  readonly options: object
}

/** The part of what `createCluster` returns. */
export interface NodeRedisCluster {
  sendCommand(
    firstKey: string | undefined,
    isReadonly: boolean | undefined,
    command: never,
    options?: never,
  ): Promise<unknown>
  duplicate(overrides?: never): unknown
  getNodeClientForKey(key: string): Promise<NodeRedisClient>
  nodeClient(node: never): Promise<NodeRedisClient>
  readonly masters: readonly object[]
}

/** The part of what `createSentinel` returns. */
export interface NodeRedisSentinel {
  sendCommand(isReadonly: boolean | undefined, command: never, options?: never): Promise<unknown>
  duplicate(overrides?: never): unknown
  _execute<Result>(
    isReadonly: boolean | undefined,
    use: (client: NodeRedisClient) => Promise<Result>,
  ): Promise<Result>
  getMasterNode(): unknown
}

/**
 * Strings as bytes: 36 is the `$` that begins one in the protocol. A command that is not sent by then
 * leaves the client's queue.
 */
interface CommandOptions {
  readonly typeMapping: { readonly 36: typeof Buffer }
  readonly timeout: number
}

export function linkNodeRedis(client: NodeRedisClient, timeoutMs: number): Link {
  const options = commandOptions(timeoutMs)
  const { current, renew, close } = renewable(client, timeoutMs)
  const primary = () => toPrimary(current(), options)
  return {
    isCluster: false,
    send: (_key, command) => send(current(), command, options),
    primaries: async () => [primary()],
    primaryOf: async () => primary(),
    renew,
    close,
  }
}

export function linkNodeRedisCluster(cluster: NodeRedisCluster, timeoutMs: number): Link {
  const options = commandOptions(timeoutMs)
  const { current, renew, close } = renewable(cluster, timeoutMs)
  return {
    isCluster: true,
    send: (key, command) => send(current(), key, false, command, options),
    async primaries() {
      const { masters } = current()
      const nodes = masters.map((node) => current().nodeClient(node as never))
      return (await Promise.all(nodes)).map((client) => toPrimary(client, options))
    },
    primaryOf: async (key) => toPrimary(await current().getNodeClientForKey(key), options),
    renew,
    close,
  }
}

export function linkNodeRedisSentinel(sentinel: NodeRedisSentinel, timeoutMs: number): Link {
  const options = commandOptions(timeoutMs)
  const { current, renew, close } = renewable(sentinel, timeoutMs)
  const primary = (): Promise<Primary> =>
    current()._execute(false, async (client) => toPrimary(client, options))
  return {
    isCluster: false,
    send: (_key, command) => send(current(), false, command, options),
    primaries: async () => [await primary()],
    primaryOf: primary,
    renew,
    close,
  }
}

function commandOptions(timeoutMs: number): CommandOptions {
  return { typeMapping: { 36: Buffer }, timeout: timeoutMs }
}

function toPrimary(client: NodeRedisClient, options: CommandOptions): Primary {
  return {
    name: nameOf(client),
    send: (command) => send(client, command, options),
    dedicate: () => dedicate(client, options),
  }
}

interface DuplicateClient extends NodeRedisClient {
  readonly isReady: boolean
  on(event: 'error' | 'end', listener: () => void): unknown
  connect(): Promise<unknown>
  subscribe(channel: string, hear: (message: Reply) => void, asBytes: true): Promise<unknown>
  destroy(): void
}

/** In RESP3 the driver keeps to itself what client tracking tells, or turns on tracking of its own. */
const plain = {
  RESP: 2,
  clientSideCache: undefined,
  emitInvalidate: false,
  maintNotifications: 'disabled',
}

async function dedicate(client: NodeRedisClient, options: CommandOptions): Promise<Dedicated> {
  const { socket } = client.options as { socket?: object }
  const overrides = { ...plain, socket: { ...socket, reconnectStrategy: false } }
  const duplicate = client.duplicate(overrides as never) as DuplicateClient
  // Whoever sends something is told by that.
  duplicate.on('error', () => undefined)
  await duplicate.connect()
  return {
    isOpen: () => duplicate.isReady,
    send: (command) => send(duplicate, command, options),
    subscribe: (channel, hear) => duplicate.subscribe(channel, hear, true),
    onEnd: (listener) => void duplicate.on('error', listener),
    close: () => duplicate.destroy(),
  }
}

function nameOf(client: NodeRedisClient): string {
  const { socket } = client.options as { socket?: { host?: unknown; port?: unknown } }
  return `${socket?.host}:${socket?.port}`
}

/** The three take different words before the command. */
function send(
  client: { sendCommand: unknown },
  ...words: readonly (string | boolean | Command | CommandOptions)[]
): Promise<Reply> {
  const { sendCommand } = client as { sendCommand: (...words: unknown[]) => Promise<Reply> }
  return sendCommand.apply(client, [...words])
}
