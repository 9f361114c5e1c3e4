/**
 * What the issuer tells resource servers while they are connected, as server-sent events (WHATWG HTML
 * §9.2) of these names, each with its JSON as `data`.
 *
 * A subscriber is told first what ended lately, then `listening`, and then whatever happens, in order.
 * Why that is enough to refuse the tokens of ended sessions at once:
 *
 * - A token's `iat` is when its session was known to be live, by the database's clock.
 * - Every session that ends at or after `since`, by that clock, is told of. So the session of a token with
 *   `iat` at or after `since` was live then, and if it has ended since, that was told.
 * - `confirmed` says that everything that was committed before `at` has been told. Who refuses to go on when
 *   the last one is older than a lease accepts no token for longer than that after its session ended.
 * - A token that is older than `since` is doubtful. It is over at the latest 300 seconds later.
 */
export type EndedEvent =
  | { readonly name: 'ended'; readonly data: Ended }
  | { readonly name: 'listening'; readonly data: { readonly since: number } }
  | { readonly name: 'confirmed'; readonly data: { readonly at: number } }

/**
 * Whose tokens are over. Of a user, or of everyone: those whose `iat` is at most `until`, in seconds; but
 * not those of the sessions in `except`, which live on.
 */
export type Ended =
  | { readonly sessions: readonly string[] }
  | { readonly user: string; readonly until: number; readonly except: readonly string[] }
  | { readonly everyone: true; readonly until: number }

/** How long what has ended is remembered: longer than any token of it lives, on any clock. */
export const rememberMs = 360_000

/** What a response with the stream should say of itself. */
export const eventStreamHeaders: Readonly<Record<string, string>> = Object.freeze({
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Some proxies keep back what they think is small.
  'x-accel-buffering': 'no',
})

export function formatEvent({ name, data }: EndedEvent): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

/** @throws {TypeError} for anything else than `formatEvent` writes: then nothing can be relied on */
export function parseEvent(name: string, text: string): EndedEvent {
  const data = JSON.parse(text) as unknown
  if (typeof data === 'object' && data !== null) {
    const { since, at, sessions, user, everyone, until, except } = data as Record<string, unknown>
    if (name === 'listening' && isTime(since)) return { name, data: { since } }
    if (name === 'confirmed' && isTime(at)) return { name, data: { at } }
    if (name === 'ended' && areTexts(sessions)) return { name, data: { sessions } }
    if (name === 'ended' && isTime(until)) {
      if (typeof user === 'string' && areTexts(except))
        return { name, data: { user, until, except } }
      if (everyone === true) return { name, data: { everyone, until } }
    }
  }
  throw new TypeError('The stream of ended sessions says something that is not known')
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
