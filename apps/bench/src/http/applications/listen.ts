import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Longer than any pause between two rounds, in milliseconds. */
const idleMs = 600_000

/** Serves on a port of its own choice, which it resolves with. Ends with its process. */
export async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener)
  server.keepAliveTimeout = idleMs
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
