import { Agent, type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** Name and value, as they are to be on the wire. The same name may come twice. */
export type RawHeader = readonly [name: string, value: string]

export interface RawRequest {
  readonly method?: string
  readonly path: string
  readonly headers?: readonly RawHeader[]
  readonly body?: string
}

export interface Reply {
  readonly status: number
  readonly headers: readonly RawHeader[]
  readonly text: string
}

export interface Client {
  send(request: RawRequest): Promise<Reply>
  close(): void
}

/** Sends exactly the headers that it is given, which `fetch` would not. */
export function rawClient(port: number): Client {
  const agent = new Agent({ keepAlive: true })

  async function send({ method = 'GET', path, headers = [], body }: RawRequest): Promise<Reply> {
    // As bytes, or Node would send the header in UTF-8 together with the body.
    const bytes = Buffer.from(body ?? '')
    const length: RawHeader[] = body === undefined ? [] : [['content-length', `${bytes.length}`]]
    const raw: RawHeader[] = [['host', `127.0.0.1:${port}`], ...length, ...headers]
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      // A handler that never answers fails the test, and does not hang it.
      const signal = AbortSignal.timeout(10_000)
      request({ agent, signal, host: '127.0.0.1', port, method, path, headers: raw.flat() })
        .on('response', resolve)
        .on('error', reject)
        .end(bytes)
    })
    const text = (await buffer(response)).toString()
    return { status: response.statusCode ?? 0, headers: pairs(response.rawHeaders), text }
  }

  return { send, close: () => agent.destroy() }
}

/** All values of a header. */
export function valuesOf({ headers }: Reply, name: string): string[] {
  return headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)
}

function pairs(flat: readonly string[]): RawHeader[] {
  const headers: RawHeader[] = []
  for (let index = 0; index < flat.length; index += 2) {
    headers.push([flat[index] as string, flat[index + 1] as string])
  }
  return headers
}
