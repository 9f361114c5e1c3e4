import { type Dispatcher, Pool } from 'undici'
import type { RunningApplication } from './start-application.ts'

/** What a response said; the body only where somebody wants to read it. */
export interface Answer {
  readonly status: number
  readonly body: string
}

/** Keep-alive connections to one application. */
export interface HttpClient {
  get(path: string, credential: string): Promise<Answer>
  close(): Promise<void>
}

/** One request for each connection at a time, as browsers have it with HTTP/1.1. */
export function openHttpClient(
  { port, header }: Pick<RunningApplication, 'port' | 'header'>,
  connections: number,
): HttpClient {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections, pipelining: 1 })
  return {
    get: (path, credential) =>
      new Promise((resolve, reject) => {
        const headers = credential === '' ? {} : { [header]: credential }
        pool.dispatch({ method: 'GET', path, headers }, collect(resolve, reject))
      }),
    close: () => pool.destroy(),
  }
}

// Less of the client's own processor time than a stream for each body.
function collect(
  resolve: (answer: Answer) => void,
  reject: (error: Error) => void,
): Dispatcher.DispatchHandler {
  let status = 0
  let body = ''
  return {
    onRequestStart() {},
    onResponseStart(_controller, statusCode) {
      status = statusCode
    },
    onResponseData(_controller, chunk) {
      body += chunk.toString('latin1')
    },
    onResponseEnd() {
      resolve({ status, body })
    },
    onResponseError(_controller, error) {
      reject(error)
    },
  }
}
