import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import {
  type AccessTokenVerifier,
  eventStreamHeaders,
  type RevokedSessionsOptions,
  tellEndedSessions,
  verifyAccessTokens,
} from 'cloakroom/access-tokens'
import { readInstant } from '../../src/core/instant.ts'
import type { FeedListener, RevocationFeed } from '../../src/core/revocation-feed.ts'
import { type Desk, issuerUrl, orders, serve } from './fixture.ts'

/** An issuer's endpoint that tells of ended sessions, and what can happen to it. */
export interface EndedStream {
  readonly url: string
  /** Connections that were made. */
  connections: number
  /** Whether the feed tells that it still listens; as it does until somebody says no. */
  isBeating: boolean
  /** Whether connections are taken. */
  isOpen: boolean
  /** Cuts the connections that there are. */
  cut(): void
  /** As after a restart: what was told before is forgotten. */
  restart(): Promise<void>
  /** What the feed is told of, as if it came from the database. */
  readonly listener: FeedListener
}

export const authorization: string = `Basic ${Buffer.from('orders:secret').toString('base64')}`

export async function openStream(t: TestContext, desk: Desk): Promise<EndedStream> {
  const open = new Set<Readable>()
  let told = await tell()
  const stream: EndedStream = {
    url: '',
    connections: 0,
    isBeating: true,
    isOpen: true,
    cut() {
      for (const each of open) each.destroy()
    },
    async restart() {
      await told.close()
      told = await tell()
    },
    get listener() {
      return told.listener
    },
  }
  const origin = await serve(t, (request, response) => {
    if (!stream.isOpen) return void response.destroy()
    if (request.headers.authorization !== authorization) return void response.writeHead(401).end()
    stream.connections += 1
    response.writeHead(200, eventStreamHeaders)
    const events = Readable.fromWeb(told.open() as never)
    open.add(events)
    events
      .on('error', () => undefined)
      .on('close', () => {
        open.delete(events)
        response.destroy()
      })
    response.on('close', () => events.destroy())
    events.pipe(response)
  })
  t.after(() => told.close())

  /** On the feed of the store, whose heart beats faster here. */
  async function tell() {
    const store = await desk.store.open({ users: { load: () => undefined }, clock: desk.clock })
    const feed = store.feed as RevocationFeed
    let timer: NodeJS.Timeout | undefined
    let listener: FeedListener | undefined
    const ended = tellEndedSessions({
      auth: desk.auth,
      onError: () => undefined,
      feed: {
        start(started) {
          listener = started
          feed.start({ ...started, confirmed: () => undefined })
          timer = setInterval(() => stream?.isBeating && started.confirmed('', readInstant()), 10)
        },
      },
    })
    return {
      open: () => ended.open(),
      listener: listener as unknown as FeedListener,
      async close() {
        clearInterval(timer)
        await feed.close()
        await ended.close()
      },
    }
  }
  return Object.assign(stream, { url: `${origin}/ended-sessions` })
}

/** A verifier that listens, or one that does not. */
export function follower(
  t: TestContext,
  {
    desk,
    jwks,
    url,
    options = {},
  }: {
    desk: Desk
    jwks: () => Promise<never>
    url: string
    options?: Partial<RevokedSessionsOptions>
  },
): AccessTokenVerifier<string> {
  const verifier = verifyAccessTokens({
    issuer: issuerUrl,
    audience: orders,
    jwks,
    clock: desk.clock,
    clockToleranceSeconds: 0,
    revokedSessions: { url, authorization, onError: () => undefined, ...options },
  })
  t.after(() => verifier.close())
  return verifier
}
