import { once } from 'node:events'
import type { Server } from 'node:net'
import type { Listening } from './http-cases/site.ts'

/** Listens on a port of 127.0.0.1 that is free. */
export async function listen(server: Server): Promise<Listening> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('Not a TCP server')
  return {
    port: address.port,
    close: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
