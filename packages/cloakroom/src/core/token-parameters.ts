import type { Context } from './context.ts'
import { shortestTouchInterval, touchDueAt, touchIsDue } from './policy.ts'
import { formatId } from './session-id.ts'
import { hashSecret } from './token.ts'
import { lookUp, readToken } from './verify.ts'

/** What `cloakroom_verify` takes. All are null for a token that cannot be live. */
export type TokenParameters = [
  id: string | null,
  secretHash: Buffer | null,
  idleSeconds: number | null,
  absoluteSeconds: number | null,
]

/** Gives the parameters of tokens, and sees to it that their sessions are touched. */
export interface TokenParametersSource {
  of(token: string | undefined): TokenParameters
  /** Looks up what is collected and stops. Never rejects: failures go to `onError`. */
  close(): Promise<void>
}

const collectForMs = 1000
const mostRemembered = 10_000
const retryAfterMs = 60_000

/** For how long nothing needs to be known of a session, by this process's clock. */
interface Interval {
  readonly from: number
  readonly until: number
}

/**
 * Where the application's own statement verifies, this process learns neither whether the session is
 * live nor when it was last seen. So behind the requests' backs it verifies once more, about as
 * often as the session is touched. The id alone, which is public, must not keep a session alive, nor
 * keep it from being touched: all that is remembered goes by the hash of the secret.
 */
export function createTokenParameters<Data>(
  context: Context<Data>,
  onError: (error: unknown) => void,
): TokenParametersSource {
  const { policy, clock } = context
  const parameters = [policy.idleTimeoutMs / 1000, policy.absoluteTimeoutMs / 1000] as const
  /** Tokens to look up, and when what was looked up is to be again: both by secret hash. */
  const collected = new Map<string, string>()
  const looked = new Map<string, Interval>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let closed = false

  function collect(secretHash: string, token: string): void {
    if (closed || collected.size >= mostRemembered || isKnown(secretHash)) return
    collected.set(secretHash, token)
    timer ??= setTimeout(start, collectForMs).unref()
  }

  function isKnown(secretHash: string): boolean {
    const interval = looked.get(secretHash)
    if (interval === undefined) return false
    const now = clock()
    // From the future: the clock was set back.
    return interval.from <= now && now < interval.until
  }

  function start(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    looking ??= lookAllUp().finally(() => {
      looking = undefined
    })
    return looking
  }

  /** One after the other: the requests' own statements are more urgent. */
  async function lookAllUp(): Promise<void> {
    for (const [secretHash, token] of collected) {
      remember(secretHash, await untilNextLook(token).catch(failed))
      collected.delete(secretHash)
    }
  }

  /** The user's own row may be to blame, so it must not be in the way of the others. */
  function failed(error: unknown): number {
    onError(error)
    if (closed) collected.clear()
    return Math.min(retryAfterMs, shortestTouchInterval(policy))
  }

  async function untilNextLook(token: string): Promise<number> {
    const result = await lookUp(context, token)
    if (typeof result === 'string') return shortestTouchInterval(policy)
    const { found } = result
    context.seen(found)
    const { id, lastSeenAt } = found.session
    const seenAt = touchIsDue(found, policy) ? found.now : lastSeenAt
    return touchDueAt(id, seenAt, policy) - found.now
  }

  function remember(secretHash: string, forMs: number): void {
    const from = clock()
    looked.delete(secretHash)
    looked.set(secretHash, { from, until: from + forMs })
    if (looked.size <= mostRemembered) return
    const [oldest] = looked.keys()
    looked.delete(oldest as string)
  }

  return {
    of(text) {
      const token = readToken(context, text)
      if (typeof token === 'string') return [null, null, null, null]
      const secretHash = hashSecret(token.secret)
      collect(secretHash.toString('latin1'), text as string)
      return [formatId(token.id), secretHash, ...parameters]
    },
    close() {
      closed = true
      return start()
    },
  }
}
