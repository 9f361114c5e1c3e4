import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** An HTTP client that keeps its connections. */
export interface Client {
  send(
    method: string,
    url: string,
    headers?: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Answer>
  /** What went over its connections so far, both ways, without the headers of TCP and IP. */
  bytes(): number
  close(): void
}

/** @param connections To each server, at most. */
export function createClient(connections = 1): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const sockets = new Set<Socket>()
  return {
    async send(method, url, headers = {}, body = '') {
      const sent = request(url, { method, headers, agent })
      sent.once('socket', (socket: Socket) => sockets.add(socket))
      sent.end(body)
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
