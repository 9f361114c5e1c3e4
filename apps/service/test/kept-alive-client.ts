import { Agent, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { password } from './client.ts'

/** A browser with one connection, which it opens again when it is lost. */
export interface KeptAliveClient {
  readonly ip: string
  /** How many requests had no answer. */
  failures(): number
  /** Other answers than 200. */
  refusals(): readonly number[]
  /** How many had one. */
  answers(): number
  /** Asks who it is, again and again; resolves after `stop()`. */
  run(): Promise<void>
  stop(): void
}

/** Signs in over its connection, by a proxy that says where from. */
export async function openKeptAliveClient(
  origin: string,
  email: string,
  ip: string,
): Promise<KeptAliveClient> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const refused: number[] = []
  let failed = 0
  let answered = 0
  let stopped = false

  function send(method: string, path: string, headers: Record<string, string>, body = '') {
    const standard = { origin, 'x-forwarded-for': ip, 'content-length': body.length }
    return new Promise<{ status: number; cookie: string }>((resolve, reject) => {
      const sending = request(origin + path, {
        method,
        agent,
        headers: { ...standard, ...headers },
      })
      sending.on('error', reject)
      sending.on('response', (response) => {
        const [cookie = ''] = response.headers['set-cookie'] ?? []
        const answer = { status: response.statusCode ?? 0, cookie: cookie.split(';')[0] ?? '' }
        text(response).then(() => resolve(answer), reject)
      })
      sending.end(body)
    })
  }

  const credentials = JSON.stringify({ email, password })
  const json = { 'content-type': 'application/json' }
  const { status, cookie } = await send('POST', '/api/sign-in', json, credentials)
  if (status !== 200) throw new Error(`sign-in: ${status}`)

  return {
    ip,
    failures: () => failed,
    refusals: () => refused,
    answers: () => answered,
    async run() {
      while (!stopped) {
        try {
          const { status } = await send('GET', '/api/session', { cookie })
          answered += 1
          if (status !== 200) refused.push(status)
        } catch {
          failed += 1
        }
      }
      agent.destroy()
    },
    stop() {
      stopped = true
    },
  }
}
