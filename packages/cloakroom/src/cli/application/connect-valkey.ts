import { setTimeout as delay } from 'node:timers/promises'
import type { StoreFactory } from '../../core/store.ts'
import type { UsersLoader } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import { type IoredisClient, type NodeRedisClient, valkey } from '../../stores/valkey/index.ts'
import { type Connecting, connectTimeoutSeconds } from './connecting.ts'
import { importDriver } from './import-driver.ts'

interface Connectable {
  on(event: 'error', listener: (error: unknown) => void): unknown
  connect(): Promise<unknown>
}

interface NodeRedis {
  createClient(options: object): NodeRedisClient & Connectable
}

type Ioredis = new (url: string, options: object) => IoredisClient & Connectable

const connectTimeout = connectTimeoutSeconds * 1000

/** One server; a cluster or Sentinel takes the application's own client. */
export async function connectValkey({
  location,
  naming,
  directory,
}: Connecting): Promise<StoreFactory<UsersLoader>> {
  const drivers = ['redis', 'iovalkey', 'ioredis']
  const { name, module } = await importDriver<unknown>('Valkey', drivers, directory)
  const create = name === 'redis' ? createNodeRedis : createIoredis
  const client = create(module, location)
  await connect(client)
  return valkey(client, naming)
}

function createNodeRedis(module: unknown, url: string): NodeRedisClient & Connectable {
  const socket = { connectTimeout, reconnectStrategy: false }
  return (module as NodeRedis).createClient({ url, socket })
}

function createIoredis(module: unknown, url: string): IoredisClient & Connectable {
  const options = { lazyConnect: true, connectTimeout, retryStrategy: null }
  return new (module as Ioredis)(url, options)
}

async function connect(client: Connectable): Promise<void> {
  let reason: unknown
  // Also of a connection that is lost later: whoever sends something then is told by that.
  client.on('error', (error) => {
    reason = error
  })
  // A driver's own limit ends with the connection, and not with the server's first answer.
  const late = delay(connectTimeout).then(() => {
    throw new Error('It did not answer in time')
  })
  try {
    await Promise.race([client.connect(), late])
  } catch (error) {
    // To some drivers' callers the connection is only "closed", whatever the server had said.
    const cause = reason ?? error
    throw new CloakroomError('store_unavailable', 'Valkey cannot be reached.', { cause })
  }
}
