import assert from 'node:assert/strict'
import { type Cloakroom, cloakroom } from '../../cloakroom.ts'
import type { JsonObject } from '../../core/session.ts'
import type { Transport } from '../../http/request-head.ts'
import { memory } from '../../stores/memory.ts'
import { signInAs } from '../sign-in-as.ts'
import { type TestClock, testClock } from '../test-clock.ts'
import { type Interference, interferedWith, noInterference } from './interference.ts'
import { type RawHeader, type RawRequest, type Reply, rawClient, valuesOf } from './raw-request.ts'

/** The users of the suite: `alice` and `bob`. */
export interface ContractUser {
  readonly id: string
  readonly name: string
}

export type ContractAuth = Cloakroom<ContractUser, JsonObject, JsonObject>

/** A server that listens on 127.0.0.1. */
export interface Listening {
  readonly port: number
  close(): Promise<void>
}

export type StartServer = (auth: ContractAuth) => Promise<Listening>

export interface SiteOptions {
  /** Default `https://app.example`, as behind a proxy that ends TLS. */
  readonly origin?: string
  /** Default both. */
  readonly transports?: readonly Transport[]
}

/** An adapter's application, listening, and what a test needs to work on it. */
export interface Site {
  readonly auth: ContractAuth
  readonly users: Map<string, ContractUser>
  readonly clock: TestClock
  readonly interference: Interference
  /** What a browser sends with a request from the site's own page. */
  readonly sameOrigin: RawHeader
  /** The `Cookie` header of a token. */
  cookie(token: string): RawHeader
  /** A session made in the process, for tests that are about something else than signing in. */
  signInAs(user: string): Promise<{ token: string; cookie: RawHeader; sessionId: string }>
  send(request: RawRequest): Promise<Reply>
  /** The token of a reply's session cookie, which must be set once. */
  tokenIn(reply: Reply): string
  close(): Promise<void>
}

export type Open = (options?: SiteOptions) => Promise<Site>

/** Tests by their names, each of which is a sentence about any adapter. */
export type Cases = Readonly<Record<string, (open: Open) => Promise<void>>>

export async function openSite(
  start: StartServer,
  { origin = 'https://app.example', transports = ['cookie', 'bearer'] }: SiteOptions = {},
): Promise<Site> {
  const users = new Map(['alice', 'bob'].map((id) => [id, { id, name: id.toUpperCase() }]))
  const clock = testClock()
  const interference = noInterference()
  const auth: ContractAuth = await cloakroom({
    origin,
    transports,
    clock,
    store: interferedWith(memory(), interference),
    users: { load: (id: string): ContractUser | undefined => users.get(id) },
    pruneIntervalSeconds: false,
  })
  const server = await start(auth)
  const client = rawClient(server.port)
  const cookie = (token: string): RawHeader => ['cookie', `${auth.http.cookieName}=${token}`]

  return {
    auth,
    users,
    clock,
    interference,
    sameOrigin: ['origin', origin],
    cookie,
    async signInAs(user) {
      const { token, session } = await signInAs(auth, user, { methods: ['pwd'] })
      return { token, cookie: cookie(token), sessionId: session.id }
    },
    send: (request) => client.send(request),
    tokenIn(reply) {
      const start = `${auth.http.cookieName}=`
      const own = valuesOf(reply, 'set-cookie').filter((value) => value.startsWith(start))
      assert.equal(own.length, 1, `one session cookie in ${reply.status} ${reply.text}`)
      return (own[0] as string).slice(start.length).split(';')[0] as string
    },
    async close() {
      Object.assign(interference, noInterference())
      client.close()
      await server.close()
      await auth.close()
    },
  }
}
