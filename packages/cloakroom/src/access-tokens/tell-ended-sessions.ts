import { setTimeout as delay } from 'node:timers/promises'
import { type Context, contextOf } from '../core/context.ts'
import { ageOf, type Instant, readInstant } from '../core/instant.ts'
import { deathOf } from '../core/policy.ts'
import type { FeedListener, Invalidation } from '../core/revocation-feed.ts'
import { formatId } from '../core/session-id.ts'
import type { SigningKeyStore } from '../core/signing-keys.ts'
import type { UserId } from '../core/user.ts'
import { type EndedEvent, formatEvent, rememberMs } from './ended-sessions.ts'

export interface TellEndedSessionsOptions {
  /** What `cloakroom({ … })` resolved to, on a store that was opened with its feed. */
  readonly auth: object
  /** Told when the database could not be asked what has ended. Default: that of `auth`. */
  readonly onError?: (error: unknown) => void
}

/** Tells resource servers which sessions have ended. */
export interface EndedSessions {
  /**
   * A stream of events for one resource server, to be sent with `eventStreamHeaders`: to clients that
   * have authenticated only. One that does not keep up is closed, and connects again.
   */
  open(): ReadableStream<Uint8Array>
  /** Closes all streams. */
  close(): Promise<void>
}

const retryMs = 1000
/** Events that a subscriber may be behind. */
const mostQueued = 10_000

/**
 * Tells resource servers which sessions have ended, from what the store's feed says. A feed that says
 * only that something has changed (SQLite's, of what other processes write) makes all older tokens
 * doubtful each time.
 *
 * @throws {TypeError} for a store without a feed, or without signing keys
 */
export function tellEndedSessions(options: TellEndedSessionsOptions): EndedSessions {
  const context = contextOf(options.auth)
  const { clock, listen } = context
  const { onError = context.onError } = options
  const { signingKeys } = context.store
  if (signingKeys === undefined) throw new TypeError('The store of auth keeps no signing keys')
  if (listen === undefined) {
    throw new TypeError('The store of auth must be opened with its feed, by { feed: true }')
  }
  const look = createLook(context, signingKeys)

  const subscribers = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const sources = new Map<string, Instant | undefined>()
  let remembered: { readonly text: string; readonly toldAt: Instant }[] = []
  let listening: string | undefined
  let lastWork: Promise<void> = Promise.resolve()
  let isClosed = false

  /** One after the other, so that nothing overtakes what was heard before it. */
  function queue(work: () => Promise<readonly EndedEvent[]>): void {
    lastWork = lastWork.then(async () => {
      for (const event of await untilDone(work)) tell(event)
    })
  }

  // While it fails nothing is confirmed, and the subscribers' leases run out.
  async function untilDone(
    work: () => Promise<readonly EndedEvent[]>,
  ): Promise<readonly EndedEvent[]> {
    while (!isClosed) {
      try {
        return await work()
      } catch (error) {
        onError(error)
        await delay(retryMs, undefined, { ref: false })
      }
    }
    return []
  }

  function tell(event: EndedEvent): void {
    const text = formatEvent(event)
    const now = readInstant()
    if (event.name === 'ended') remembered.push({ text, toldAt: now })
    if (event.name === 'listening') listening = text
    if (event.name !== 'confirmed') {
      remembered = remembered.filter(({ toldAt }) => ageOf(toldAt, now) <= rememberMs)
    }
    for (const subscriber of subscribers) send(subscriber, text)
  }

  function send(subscriber: ReadableStreamDefaultController<Uint8Array>, text: string): void {
    if ((subscriber.desiredSize ?? 0) > 0) subscriber.enqueue(Buffer.from(text))
    else end(subscriber)
  }

  function end(subscriber: ReadableStreamDefaultController<Uint8Array>): void {
    subscribers.delete(subscriber)
    subscriber.close()
  }

  const listener: FeedListener = {
    listening(source) {
      sources.set(source, undefined)
      queue(async () => [await look.since()])
    },
    invalidated: (what) => queue(() => look.ended(what)),
    confirmed(source, startedAt) {
      sources.set(source, startedAt)
      const starts = [...sources.values()]
      if (starts.includes(undefined)) return
      const age = Math.max(...starts.map((start) => ageOf(start as Instant, readInstant())))
      const at = Math.floor(clock() - age)
      queue(async () => [{ name: 'confirmed', data: { at } }])
    },
    lost(source) {
      // Until it listens again nothing is confirmed.
      sources.set(source, undefined)
    },
  }
  const stopListening = listen(listener)

  return Object.freeze<EndedSessions>({
    open() {
      let own: ReadableStreamDefaultController<Uint8Array>
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            own = controller
            if (isClosed) return controller.close()
            subscribers.add(controller)
            for (const { text } of remembered) send(controller, text)
            if (listening !== undefined) send(controller, listening)
          },
          cancel: () => void subscribers.delete(own),
        },
        { highWaterMark: mostQueued },
      )
    },
    async close() {
      isClosed = true
      stopListening()
      for (const subscriber of subscribers) end(subscriber)
      await lastWork
    },
  })
}

interface Look {
  /** From when on everything is told: now, by the database's clock. */
  since(): Promise<EndedEvent>
  /** What of that has really ended: a change may be of something else. */
  ended(what: Invalidation): Promise<readonly EndedEvent[]>
}

function createLook({ store, policy }: Context<unknown>, keys: SigningKeyStore): Look {
  let epochOfEverybody: number | undefined

  async function since(): Promise<EndedEvent> {
    epochOfEverybody = await store.epoch(null, null)
    return { name: 'listening', data: { since: await databaseTime() } }
  }

  async function databaseTime(): Promise<number> {
    return (await keys.read()).now
  }

  async function isOver(id: Uint8Array): Promise<boolean> {
    const found = await store.find(id)
    if (found === undefined) return true
    // That of a client is live at the token endpoint, where its tokens come from.
    const session = { ...found.session, clientId: null }
    return deathOf({ ...found, session }, policy) !== undefined
  }

  async function ofUser(userId: UserId): Promise<EndedEvent> {
    // Before the list: whatever is live in it, or begins after it, has tokens that are later.
    const until = Math.floor((await databaseTime()) / 1000)
    const ids = (await store.list(userId)).map(({ session }) => session.id)
    const over = await Promise.all(ids.map(isOver))
    const except = ids.filter((_, index) => !over[index]).map(formatId)
    return { name: 'ended', data: { user: String(userId), until, except } }
  }

  async function ofEverybody(): Promise<EndedEvent> {
    const epoch = await store.epoch(null, null)
    // A feed that cannot tell whose sessions changed says everybody, too.
    if (epoch === epochOfEverybody) return since()
    const until = Math.floor((await databaseTime()) / 1000)
    epochOfEverybody = epoch
    return { name: 'ended', data: { everyone: true, until } }
  }

  return {
    since,
    async ended(what) {
      if ('everybody' in what) return [await ofEverybody()]
      if ('userIds' in what) return Promise.all(what.userIds.map(ofUser))
      const over = await Promise.all(what.sessionIds.map(isOver))
      const sessions = what.sessionIds.filter((_, index) => over[index]).map(formatId)
      return sessions.length === 0 ? [] : [{ name: 'ended', data: { sessions } }]
    },
  }
}
