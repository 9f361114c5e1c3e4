import { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import {
  type AccessTokenVerifier,
  eventStreamHeaders,
  type JsonWebKeySet,
  type RevokedSessionsOptions,
  tellEndedSessions,
  verifyAccessTokens,
} from 'cloakroom/access-tokens'
import { readInstant } from '../../src/core/instant.ts'
import type { FeedListener, RevocationFeed } from '../../src/core/revocation-feed.ts'
import { issuerUrl, orders, serve } from './fixture.ts'

/** The feed of a store in memory, whose heart beats as the test wants. */
export interface HeldFeed {
  readonly feed: RevocationFeed
  /** Whether it says that it still listens; as it does until somebody says no. */
  isBeating: boolean
  /** Who listens: to be told of anything, as if it came from the database. */
  listener: FeedListener
}

export function holdFeed(feed: RevocationFeed): HeldFeed {
  let timer: NodeJS.Timeout | undefined
  const held: HeldFeed = {
    isBeating: true,
    listener: undefined as unknown as FeedListener,
    feed: {
      heartbeatMs: feed.heartbeatMs,
      start(listener) {
        held.listener = listener
        feed.start({ ...listener, confirmed: () => undefined })
        timer = setInterval(() => {
          if (held.isBeating) listener.confirmed('', readInstant())
        }, 10)
      },
      close() {
        clearInterval(timer)
        return feed.close()
      },
    },
  }
  return held
}

/** An issuer's endpoint that tells of ended sessions, and what can happen to it. */
export interface EndedStream {
  readonly url: string
  /** Connections that were made. */
  connections: number
  /** Whether connections are taken. */
  isOpen: boolean
  /** Cuts the connections that there are. */
  cut(): void
  /** As after a restart: what was told before is forgotten. */
  restart(): Promise<void>
}

export const authorization: string = `Basic ${Buffer.from('orders:secret').toString('base64')}`

export async function openStream(
  t: TestContext,
  { auth }: { readonly auth: object },
): Promise<EndedStream> {
  const open = new Set<Readable>()
  const begin = () => tellEndedSessions({ auth, onError: () => undefined })
  let told = begin()
  t.after(() => told.close())
  const stream = {
    connections: 0,
    isOpen: true,
    cut() {
      for (const each of open) each.destroy()
    },
    async restart() {
      await told.close()
      told = begin()
    },
  }
  const origin = await serve(t, (request, response) => {
    if (!stream.isOpen) return void response.destroy()
    if (request.headers.authorization !== authorization) return void response.writeHead(401).end()
    stream.connections += 1
    response.writeHead(200, eventStreamHeaders)
    const events = Readable.fromWeb(told.open() as never)
    open.add(events)
    events.on('error', () => undefined)
    events.on('close', () => {
      open.delete(events)
      response.destroy()
    })
    response.on('close', () => events.destroy())
    events.pipe(response)
  })
  return Object.assign(stream, { url: `${origin}/ended-sessions` })
}

/** A verifier that listens, or one that does not. */
export function follower(
  t: TestContext,
  {
    clock,
    jwks,
    url,
    options = {},
  }: {
    clock: () => number
    jwks: () => Promise<JsonWebKeySet>
    url: string
    options?: Partial<RevokedSessionsOptions>
  },
): AccessTokenVerifier<string> {
  const verifier = verifyAccessTokens({
    issuer: issuerUrl,
    audience: orders,
    jwks,
    clock,
    clockToleranceSeconds: 0,
    revokedSessions: { url, authorization, onError: () => undefined, ...options },
  })
  t.after(() => verifier.close())
  return verifier
}
