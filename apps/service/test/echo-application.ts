import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request as it came to the application. */
export interface Arrived {
  readonly method: string
  readonly path: string
  /** By name in lower case, in all the lines that there were of it. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly body: string
}

export interface EchoApplication {
  readonly port: number
  /** All that ever came. */
  readonly arrived: readonly Arrived[]
  stop(): Promise<void>
}

/** An application that knows nothing of sessions, and answers with what it was sent. */
export async function startEchoApplication(): Promise<EchoApplication> {
  const arrived: Arrived[] = []
  const server = createServer(async (incoming, outgoing) => {
    const headers: Record<string, string[]> = {}
    for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
      headers[name] = values
    }
    const { method = '', url: path = '' } = incoming
    const request = { method, path, headers, body: await text(incoming) }
    arrived.push(request)
    outgoing.end(JSON.stringify(request))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    arrived,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
