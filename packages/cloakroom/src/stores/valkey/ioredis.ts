import { bucketOfKey } from './keys.ts'
import type { Command, Dedicated, Link, Primary, Reply } from './link.ts'
import { slotOf } from './slot.ts'

/** The part of `Redis` of iovalkey or ioredis that is used, single or behind Sentinel. */
export interface IoredisClient {
  readonly isCluster: boolean
  readonly options: object
  callBuffer: unknown
  duplicate(override?: never): unknown
  readonly stream?: { destroy(): unknown }
}

/** The part of its `Cluster`. */
export interface IoredisCluster {
  readonly isCluster: boolean
  readonly options: object
  callBuffer: unknown
  nodes(role: 'master'): readonly IoredisClient[]
  /** Addresses of the nodes of each slot, the primary first. */
  readonly slots: readonly (readonly string[])[]
}

export function linkIoredis(client: IoredisClient): Link {
  const primary = toPrimary(client)
  return {
    isCluster: false,
    send: (_key, command) => primary.send(command),
    primaries: async () => [primary],
    primaryOf: async () => primary,
    renew: async () => dropSocket(client),
    close() {},
  }
}

export function linkIoredisCluster(cluster: IoredisCluster): Link {
  const send = bind(cluster)
  return {
    isCluster: true,
    // It finds the slot by the keys that the command names.
    send: (_key, command) => send(command),
    primaries: async () => cluster.nodes('master').map(toPrimary),
    primaryOf: async (key) => toPrimary(nodeOf(cluster, key)),
    renew: async (key) => dropSocket(nodeOf(cluster, key)),
    close() {},
  }
}

function nodeOf(cluster: IoredisCluster, key: string): IoredisClient {
  const [name] = cluster.slots[slotOf(bucketOfKey(key))] ?? []
  const node = cluster.nodes('master').find((each) => nameOf(each) === name)
  if (node === undefined) throw new Error('The primary of a slot is not known')
  return node
}

/** The client connects again, by its own strategy, and sends again what was not answered. */
function dropSocket({ stream }: IoredisClient): void {
  stream?.destroy()
}

function toPrimary(client: IoredisClient): Primary {
  return { name: nameOf(client), send: bind(client), dedicate: () => dedicate(client) }
}

function nameOf(client: IoredisClient): string {
  const { host, port } = client.options as { host?: unknown; port?: unknown }
  return `${host}:${port}`
}

interface DuplicateClient extends IoredisClient {
  readonly status: string
  on(event: 'error' | 'end', listener: () => void): unknown
  on(event: 'messageBuffer', listener: (channel: Buffer, message: Reply) => void): unknown
  connect(): Promise<void>
  subscribe(channel: string): Promise<unknown>
  disconnect(): void
}

/** Each of these would otherwise reconnect, or send a command on another connection. */
const oneSocket = {
  lazyConnect: true,
  retryStrategy: null,
  reconnectOnError: null,
  autoResendUnfulfilledCommands: false,
  enableAutoPipelining: false,
}

async function dedicate(client: IoredisClient): Promise<Dedicated> {
  const duplicate = client.duplicate(oneSocket as never) as DuplicateClient
  // Whoever sends something is told by that.
  duplicate.on('error', () => undefined)
  await duplicate.connect()
  return {
    isOpen: () => duplicate.status === 'ready',
    send: bind(duplicate),
    async subscribe(channel, hear) {
      duplicate.on('messageBuffer', (_channel, message) => hear(message))
      await duplicate.subscribe(channel)
    },
    onEnd: (listener) => void duplicate.on('end', listener),
    close: () => duplicate.disconnect(),
  }
}

function bind(client: { callBuffer: unknown }): (command: Command) => Promise<Reply> {
  const call = client.callBuffer as (...command: Command) => Promise<Reply>
  return (command) => call.apply(client, [...command])
}
