import { checkUsers } from './core/check-users.ts'
import { type DataFormat, type DataSchema, dataFormat } from './core/data.ts'
import type { Policy } from './core/policy.ts'
import { refuseOthers } from './core/refuse-others.ts'
import type { SessionCap, StoreFactory } from './core/store.ts'
import { defaultTokenPrefix } from './core/token.ts'
import type { UserIdType, Users } from './core/user.ts'
import type { CacheFactory } from './core/verification-cache.ts'
import { type CookieOptions, cookieFor, type SessionCookie } from './http/cookie.ts'
import { checkOrigin } from './http/origin.ts'
import { checkTransports, type Transport } from './http/request-head.ts'

/** Everything that `cloakroom` takes. Checked once, at construction; a bad one is a `TypeError`. */
export interface CloakroomOptions<
  U extends Users = Users,
  Schema extends DataSchema | undefined = undefined,
> {
  /**
   * The origin that browsers see, such as `https://app.example`: scheme, host and port. Name and
   * attributes of the cookie, and the cross-site check, follow from it alone.
   */
  readonly origin: string
  /** Where sessions are kept: `sqlite(…)`, `postgres(…)`, `mysql(…)`, `valkey(…)`, `memory()`. */
  readonly store: StoreFactory<NoInfer<U>>
  /** The application's users. */
  readonly users: U
  /** A Standard Schema for `session.data`. Default: any JSON object. */
  readonly data?: Schema

  /**
   * Verifications from memory: `leasedCache(…)`, for a store that was opened with its feed. Default: none,
   * every verification asks the store.
   */
  readonly cache?: CacheFactory

  /** Seconds without a request after which a session ends. 60 to 34,560,000; default 604,800 (7 days). */
  readonly idleTimeoutSeconds?: number
  /**
   * Seconds after which a session ends however much it is used. 60 to 34,560,000 (400 days, the
   * longest that RFC 6265bis lets a cookie live); default 2,592,000 (30 days, NIST SP 800-63B AAL1).
   */
  readonly absoluteTimeoutSeconds?: number
  /** The same for sessions with `persistent: false`. Default 86,400 (one day). */
  readonly nonPersistentTimeoutSeconds?: number
  /** Seconds for which a checked credential counts as recent. 1 to 86,400; default 600. */
  readonly stepUpSeconds?: number
  /**
   * Seconds between two writes of `lastSeenAt`, spread by ±25 %. 1 up to a quarter of the idle
   * timeout; default a hundredth of it, but between a minute and an hour (and never over a quarter).
   * A session can end by idleness that much earlier than its last request would have it.
   */
  readonly touchIntervalSeconds?: number
  /**
   * Seconds by which this machine's clock may be off the database's before sign-ins are refused.
   * 1 to 3600; default 60.
   */
  readonly maxClockSkewSeconds?: number
  /** Seconds between two clean-ups, ±50 %. 60 to 86,400, or `false` for none; default 3600. */
  readonly pruneIntervalSeconds?: number | false
  /** How many sessions a user may have at once. Default: no limit. */
  readonly maxSessionsPerUser?: {
    /** 1 to 10,000. */
    readonly limit: number
    /** `refuse` the new sign-in (`too_many_sessions`), or `end_oldest`. */
    readonly whenReached: 'refuse' | 'end_oldest'
  }
  /** Begins every token, for secret scanners. Letters, digits, `_`, at most 20; default `cloak_`. */
  readonly tokenPrefix?: string
  /** Where a credential may travel, unless a route names others. Default `['cookie']`. */
  readonly transports?: readonly Transport[]
  readonly cookie?: CookieOptions
  /** Told when work in the background (touch, prune, feed) fails. Default: a process warning. */
  readonly onError?: (error: unknown) => void
  /** The time in milliseconds since 1970, for tests. Default `Date.now`. */
  readonly clock?: () => number
}

/** The options, checked, with their defaults, in the units that the code uses. */
export interface Settings<Data> {
  readonly policy: Policy
  readonly cacheFactory: CacheFactory | undefined
  readonly pruneIntervalMs: number | false
  readonly cap: SessionCap | undefined
  readonly tokenPrefix: string
  readonly userIdType: UserIdType
  readonly data: DataFormat<Data>
  readonly origin: string
  readonly transports: readonly Transport[]
  readonly cookie: SessionCookie
  readonly onError: (error: unknown) => void
  readonly clock: () => number
}

const knownOptions: { readonly [Option in keyof CloakroomOptions]-?: true } = {
  origin: true,
  store: true,
  users: true,
  data: true,
  cache: true,
  idleTimeoutSeconds: true,
  absoluteTimeoutSeconds: true,
  nonPersistentTimeoutSeconds: true,
  stepUpSeconds: true,
  touchIntervalSeconds: true,
  maxClockSkewSeconds: true,
  pruneIntervalSeconds: true,
  maxSessionsPerUser: true,
  tokenPrefix: true,
  transports: true,
  cookie: true,
  onError: true,
  clock: true,
}

const day = 86_400
const longestCookie = 400 * day

/** @throws {TypeError} naming the option, its legal range and what it was */
export function checkOptions<U extends Users, Schema extends DataSchema | undefined, Data>(
  options: CloakroomOptions<U, Schema>,
): Settings<Data> {
  refuseOthers<CloakroomOptions<U, Schema>>('cloakroom()', options, knownOptions)
  const idle = seconds(options, 'idleTimeoutSeconds', 7 * day, 60, longestCookie)
  const absolute = seconds(options, 'absoluteTimeoutSeconds', 30 * day, 60, longestCookie)
  const nonPersistent = seconds(options, 'nonPersistentTimeoutSeconds', day, 60, longestCookie)
  const touchDefault = Math.min(Math.max(idle / 100, 60), 3600, idle / 4)
  const policy: Policy = Object.freeze({
    idleTimeoutMs: toMs(idle),
    absoluteTimeoutMs: toMs(absolute),
    nonPersistentTimeoutMs: toMs(nonPersistent),
    stepUpMs: toMs(seconds(options, 'stepUpSeconds', 600, 1, day)),
    touchIntervalMs: toMs(seconds(options, 'touchIntervalSeconds', touchDefault, 1, idle / 4)),
    maxClockSkewMs: toMs(seconds(options, 'maxClockSkewSeconds', 60, 1, 3600)),
  })
  const origin = checkOrigin(options.origin)
  if (typeof options.store?.open !== 'function') {
    throw new TypeError('store must be made by sqlite(…), memory() or another store of Cloakroom')
  }
  if (options.cache !== undefined && typeof options.cache?.open !== 'function') {
    throw new TypeError('cache must be made by leasedCache(…), of cloakroom/cache')
  }
  return Object.freeze({
    policy,
    cacheFactory: options.cache,
    pruneIntervalMs:
      options.pruneIntervalSeconds !== false &&
      toMs(seconds(options, 'pruneIntervalSeconds', 3600, 60, day)),
    cap: checkCap(options.maxSessionsPerUser, policy),
    tokenPrefix: checkPrefix(options.tokenPrefix ?? defaultTokenPrefix),
    userIdType: checkUsers(options.users),
    data: dataFormat<Data>(checkSchema(options.data)),
    origin,
    transports: checkTransports(options.transports ?? ['cookie']),
    cookie: cookieFor(origin, options.cookie),
    onError: guarded(checkFunction('onError', options.onError ?? warn)),
    clock: checkFunction('clock', options.clock ?? Date.now),
  })
}

type SecondsOption = {
  [K in keyof CloakroomOptions]-?: K extends `${string}Seconds` ? K : never
}[keyof CloakroomOptions]

function seconds(
  options: { readonly [K in SecondsOption]?: number | false },
  name: SecondsOption,
  standard: number,
  least: number,
  most: number,
): number {
  const value = options[name] ?? standard
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new TypeError(
    `${name} must be a number of seconds from ${least} to ${most}; it is ${value}`,
  )
}

// Whole, because a database's column of milliseconds takes no fraction.
function toMs(seconds: number): number {
  return Math.round(seconds * 1000)
}

function checkCap(
  cap: CloakroomOptions['maxSessionsPerUser'],
  { idleTimeoutMs, absoluteTimeoutMs, nonPersistentTimeoutMs }: Policy,
): SessionCap | undefined {
  if (cap === undefined) return undefined
  refuseOthers('maxSessionsPerUser', cap, { limit: true, whenReached: true })
  const { limit, whenReached } = cap
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new TypeError('maxSessionsPerUser.limit must be an integer from 1 to 10000')
  }
  if (whenReached !== 'refuse' && whenReached !== 'end_oldest') {
    throw new TypeError("maxSessionsPerUser.whenReached must be 'refuse' or 'end_oldest'")
  }
  return Object.freeze({
    limit,
    whenReached,
    idleTimeoutMs,
    absoluteTimeoutMs,
    nonPersistentTimeoutMs: Math.min(nonPersistentTimeoutMs, absoluteTimeoutMs),
  })
}

function checkPrefix(prefix: string): string {
  if (/^\w{0,20}$/.test(prefix)) return prefix
  throw new TypeError('tokenPrefix may hold letters, digits and _, at most 20')
}

function checkSchema(schema: DataSchema | undefined): DataSchema | undefined {
  if (schema === undefined || typeof schema?.['~standard']?.validate === 'function') return schema
  throw new TypeError('data must be a Standard Schema, such as one made with Valibot or Zod')
}

function checkFunction<F>(name: string, value: F): F {
  if (typeof value === 'function') return value
  throw new TypeError(`${name} must be a function`)
}

/** What it throws, or rejects with, must not stop the work in the background that reports to it. */
function guarded(onError: (error: unknown) => unknown): (error: unknown) => void {
  return (error) => {
    new Promise((resolve) => resolve(onError(error))).catch(warn)
  }
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error), 'CloakroomWarning')
}
