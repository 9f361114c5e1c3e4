import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** One client, with one kept-alive connection to each server that it asks. */
export interface Client {
  send(method: string, url: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** What went over its connections so far, both ways, without the headers of TCP and IP. */
  bytes(): number
  close(): void
}

export function createClient(): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const sockets = new Set<Socket>()
  return {
    async send(method, url, headers = {}) {
      const sent = request(url, { method, headers, agent })
      sent.once('socket', (socket: Socket) => sockets.add(socket))
      sent.end()
      const [response] = (await once(sent, 'response')) as [IncomingMessage]
      return { status: response.statusCode ?? 0, body: await text(response) }
    },
    bytes() {
      let sum = 0
      for (const { bytesRead, bytesWritten } of sockets) sum += bytesRead + bytesWritten
      return sum
    },
    close: () => agent.destroy(),
  }
}
