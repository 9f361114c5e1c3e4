import { waitUntil } from '@cloakroom/test-servers'
import { Redis } from 'iovalkey'
import type { Store } from '../src/core/store.ts'
import { type ValkeyClient, valkey } from '../src/stores/valkey/index.ts'
import { keysOf, ownerOf } from '../src/stores/valkey/keys.ts'
import {
  type Heard,
  listenTo,
  type RecordingListener,
} from '../src/testing/feed-cases/recording-listener.ts'
import { begin } from '../src/testing/store-cases/session-rows.ts'
import { anybody, newPrefix } from './valkey-auth.ts'

type Confirmed = Extract<Heard, { kind: 'confirmed' }>

/** A feed that listens, and what is done to it. */
export interface Listening {
  readonly store: Store
  /** Another process's. */
  readonly other: Store
  readonly listener: RecordingListener
  /** How much has been heard. */
  mark(): number
  /** Waits until something was lost since then, or this source. */
  untilLost(from: number, source?: string): Promise<void>
  isLost(from: number, source?: string): boolean
  lostAt(from: number): number
  /** How often it has begun to listen. */
  tries(): number
  /** Changes something of the user's until that is heard. */
  untilHeard(userId: string): Promise<void>
  /** The round trips that began after this moment and were confirmed, before that was heard. */
  confirmedAfter(monotonic: number, to?: number): Confirmed[]
  /** The name of a user's hash. */
  stateOf(userId: string): string
  signIn(userId: string | null): Promise<Uint8Array>
  close(): Promise<void>
}

export interface ListeningOptions {
  readonly sources?: number
  readonly timeoutSeconds?: number
  readonly heartbeatSeconds?: number
}

export async function listenOver(
  client: ValkeyClient,
  otherClient: ValkeyClient,
  { sources = 1, timeoutSeconds = 0.5, heartbeatSeconds = 0.05 }: ListeningOptions = {},
): Promise<Listening> {
  const prefix = newPrefix()
  const given = { prefix, timeoutSeconds, replicaTimeoutSeconds: 0.3 }
  const definition = { users: anybody, clock: Date.now }
  const feed = { heartbeatSeconds }
  const store = await valkey(client, { ...given, feed }).open(definition)
  const other = await valkey(otherClient, { ...given, timeoutSeconds: 5 }).open(definition)
  const listener = await listenTo(store.feed, sources)
  const kinds = (from: number) => listener.heard.slice(from).map(({ kind }) => kind)
  const isLost = (from: number, source?: string) =>
    listener.heard
      .slice(from)
      .some((each) => each.kind === 'lost' && (source === undefined || each.source === source))
  return {
    store,
    other,
    listener,
    mark: () => listener.heard.length,
    untilLost: (from, source) => listener.until('it is lost', () => isLost(from, source)),
    isLost,
    lostAt: (from) => from + kinds(from).indexOf('lost'),
    tries: () => kinds(0).filter((kind) => kind === 'listening').length,
    async untilHeard(userId) {
      await listener.untilConfirmed()
      await waitUntil('it is heard', async () => {
        const from = listener.heard.length
        await other.revoke({ userId }).catch(() => undefined)
        await listener.untilConfirmed()
        return listener.covers({ id: new Uint8Array(16), userId }, from)
      })
    },
    confirmedAfter: (monotonic, to) =>
      listener.heard
        .slice(0, to)
        .filter((each) => each.kind === 'confirmed')
        .filter(({ startedAt }) => startedAt > monotonic),
    stateOf: (userId) => keysOf(prefix).state(ownerOf(userId)),
    signIn: async (userId) => (await begin({ clock: Date.now, store: other }, userId)).id,
    async close() {
      await Promise.all([store.close(), other.close()])
    },
  }
}

/** One command to one server. */
export async function ask(url: string, command: string, ...words: string[]): Promise<unknown> {
  const client = new Redis(url)
  try {
    return await client.call(command, ...words)
  } finally {
    client.disconnect()
  }
}
