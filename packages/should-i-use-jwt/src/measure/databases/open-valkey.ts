import type { IoredisClient } from 'cloakroom/valkey'
import { importDriver } from './import-driver.ts'

/** Where the keys of one run are. */
export interface ValkeyPlace {
  readonly url: string
  /** Begins each of them. */
  readonly prefix: string
}

/** The part of `Redis` of iovalkey or ioredis that is used here. */
export interface ValkeyClient extends IoredisClient {
  connect(): Promise<unknown>
  on(event: 'error', listener: () => void): unknown
  call(command: string, ...given: (string | number)[]): Promise<unknown>
  sendCommand(...given: unknown[]): unknown
  disconnect(): void
}

export interface Valkey {
  readonly client: ValkeyClient
  /** Commands sent so far; only where they are counted. */
  commands(): number
}

type Redis = new (url: string, options: object) => ValkeyClient

export interface ValkeyOptions {
  readonly isCounting?: boolean
  /** What the server calls the connection. */
  readonly connectionName?: string
}

/** @throws {MeasureError} `driver_missing` */
export async function openValkey(
  url: string,
  { isCounting = false, connectionName }: ValkeyOptions = {},
): Promise<Valkey> {
  const Client = await importDriver<Redis>('Valkey', ['iovalkey', 'ioredis'])
  let sent = 0

  class CountingClient extends Client {
    override sendCommand(...given: unknown[]): unknown {
      sent += 1
      return super.sendCommand(...given)
    }
  }

  const location = url.replace(/^valkey/, 'redis')
  const options = {
    ...{ lazyConnect: true, connectTimeout: 10_000, maxRetriesPerRequest: 1 },
    ...(connectionName !== undefined && { connectionName }),
  }
  const client = new (isCounting ? CountingClient : Client)(location, options)
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    // Else it would try for ever.
    client.disconnect()
    throw error
  }
  return { client, commands: () => sent }
}
