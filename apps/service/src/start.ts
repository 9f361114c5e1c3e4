import { getRequestListener } from '@hono/node-server'
import type { Passwords } from './accounts/passwords.ts'
import type { Config } from './config.ts'
import { createService } from './create-service.ts'
import { httpProblem } from './http/problem.ts'
import { requestHeads } from './http/request-head.ts'
import { securityHeaders } from './http/security-headers.ts'
import { listen } from './listen.ts'
import type { Log } from './log.ts'
import { createApp } from './server.ts'
import type { Service } from './service.ts'

export interface StartOptions {
  readonly config: Config
  readonly log: Log
  /** The time in milliseconds since 1970. Default `Date.now`. */
  readonly clock?: () => number
  /** The same for sessions, of which a server's own clock decides. Default `clock`. */
  readonly sessionClock?: () => number
  /** Default: `createPasswords()`. */
  readonly passwords?: Passwords
  /** Whether to make a code for the first administrator, if there is none. Default true. */
  readonly issuesSetupCode?: boolean
}

export interface Started {
  readonly origin: string
  readonly port: number
  readonly service: Service
  /** For the first administrator; `undefined`: there is one, the code is preset, or none was wanted. */
  readonly setupCode: string | undefined
  /** Answers the requests under way, for ten seconds at most, and closes everything. */
  stop(): Promise<void>
}

const drainLimitMs = 10_000

/** Listens, opens the database, and serves. */
export async function start(options: StartOptions): Promise<Started> {
  const { config, log, issuesSetupCode = true } = options
  const listening = await listen(config.port, config.host)
  const origin = config.origin ?? `http://localhost:${listening.port}`
  const running = await createService({ ...options, config: { ...config, origin } })
  const { service } = running

  const headers = securityHeaders(origin)
  const health = { isDraining: listening.isDraining, checkDatabase: running.checkDatabase }
  const headOf = requestHeads(config.trustedProxyHops)
  const app = createApp({ service, headOf, headers, health, log })
  listening.serve(
    getRequestListener(app.fetch, { errorHandler: () => badRequest(headers) }),
    headers,
  )
  log('sys_startup', { origin, pid: process.pid })

  return {
    origin,
    port: listening.port,
    service,
    setupCode: issuesSetupCode ? await running.issueSetupCode() : undefined,
    async stop() {
      // Streams that never end would hold it up: who listens goes on at another process.
      await service.oauth?.endedSessions?.close()
      await listening.drain(drainLimitMs)
      await running.close()
      log('sys_shutdown')
    },
  }
}

/** For a request whose address or host is none: it never reaches the application. */
function badRequest(headers: ReturnType<typeof securityHeaders>): Response {
  const problem = httpProblem(400, 'bad_request')
  return new Response(problem.body, {
    status: problem.status,
    headers: [
      ...headers.map(([name, value]): [string, string] => [name, value]),
      ...Object.entries(problem.headers),
    ],
  })
}
