import { randomBytes } from 'node:crypto'
import { sharedValkey, sharedValkeyCluster } from '@cloakroom/test-servers'
import { Cluster, Redis } from 'iovalkey'
import { createClient, createCluster } from 'redis'
import type { AnyUser, UserId, UserIdType, UsersLoader } from '../src/core/user.ts'
import {
  type ValkeyClient,
  type ValkeyFeedOptions,
  type ValkeyOptions,
  valkey,
} from '../src/stores/valkey/index.ts'
import type { StoreHarness } from '../src/testing/index.ts'
import { testKeys } from './valkey-keys.ts'

export type Driver = 'node-redis' | 'iovalkey'

export interface OpenClient {
  readonly client: ValkeyClient
  close(): void
}

/** A client as an application has it. */
export async function openClient(driver: Driver, url: string): Promise<OpenClient> {
  if (driver === 'node-redis') {
    const client = createClient({ url })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => (client.isOpen ? client.destroy() : undefined) }
  }
  const client = new Redis(url)
  client.on('error', () => undefined)
  return { client, close: () => client.disconnect() }
}

export async function openCluster(driver: Driver, urls: readonly string[]): Promise<OpenClient> {
  if (driver === 'node-redis') {
    const client = createCluster({ rootNodes: urls.map((url) => ({ url })) })
    client.on('error', () => undefined)
    await client.connect()
    return { client, close: () => (client.isOpen ? client.destroy() : undefined) }
  }
  const nodes = urls.map((url) => ({ host: '127.0.0.1', port: Number(new URL(url).port) }))
  const client = new Cluster(nodes)
  client.on('error', () => undefined)
  await new Promise((resolve) => client.once('ready', resolve))
  return { client, close: () => client.disconnect() }
}

export interface HarnessOptions {
  readonly urls: readonly string[]
  open(): Promise<OpenClient>
  readonly feed?: ValkeyFeedOptions
  readonly timeoutSeconds?: number
  /** Around the client, for tests of what drivers do. */
  wrap?(client: ValkeyClient): ValkeyClient
}

/** What `storeContract` needs, under a prefix of its own on a server that others use. */
export async function valkeyHarness(
  idType: UserIdType,
  { urls, open, feed, timeoutSeconds = 30, wrap = (client) => client }: HarnessOptions,
): Promise<StoreHarness<UsersLoader>> {
  const clients: OpenClient[] = []
  const connect = async (): Promise<ValkeyClient> => {
    const opened = await open()
    clients.push(opened)
    return wrap(opened.client)
  }
  const prefix = `${randomBytes(6).toString('hex')}:`
  const options: ValkeyOptions = { prefix, timeoutSeconds, ...(feed && { feed }) }
  const keys = testKeys(urls, prefix)
  const users = new Map<UserId, AnyUser>()
  const store = valkey(await connect(), options)
  const closeClients = () => {
    for (const { close } of clients) close()
  }
  return {
    store,
    users: { idType, load: async (id) => users.get(id) },
    addUser: (id) => void users.set(id, { id }),
    removeUser: (id) => void users.delete(id),
    deactivateUser: (id) => void users.delete(id),
    clock: Date.now,
    advance: (seconds) => keys.age(seconds * 1000, feed === undefined ? 'all' : 'sessions'),
    precisionMs: 5000,
    another: async () => valkey(await connect(), options),
    breakDown: closeClients,
    async close() {
      closeClients()
      await keys.remove()
      keys.close()
    },
  }
}

export async function singleHarness(
  driver: Driver,
  idType: UserIdType,
  wrap?: HarnessOptions['wrap'],
): Promise<StoreHarness<UsersLoader>> {
  const url = await sharedValkey()
  const open = () => openClient(driver, url)
  return valkeyHarness(idType, { urls: [url], open, ...(wrap && { wrap }) })
}

export async function clusterHarness(
  driver: Driver,
  idType: UserIdType,
): Promise<StoreHarness<UsersLoader>> {
  const urls = await sharedValkeyCluster()
  return valkeyHarness(idType, { urls, open: () => openCluster(driver, urls) })
}
