import { refuseOthers } from '../core/refuse-others.ts'
import type { UserIdType } from '../core/user.ts'
import type { AccessTokenAlgorithm } from './access-token.ts'
import { checkUrl } from './check-url.ts'
import type { JsonWebKeySet } from './issue-access-tokens.ts'

export interface VerifyAccessTokensOptions<IdType extends UserIdType = UserIdType> {
  /** The issuer's URL, to the letter: `iss`. */
  readonly issuer: string
  /** What this service is called in tokens for it: `aud`. */
  readonly audience: string
  /** Where the issuer publishes its keys. Default: `/.well-known/jwks.json` at the issuer's URL. */
  readonly jwksUrl?: string
  /** The keys themselves, instead: of the issuer in the same process, or in tests. */
  readonly jwks?: JsonWebKeySet | (() => Promise<JsonWebKeySet>)
  /** How tokens may be signed. Default `['ES256']`. */
  readonly algorithms?: readonly AccessTokenAlgorithm[]
  /** The type of the users' ids, which tokens hold as text. Default `text`. */
  readonly userIdType?: IdType
  /** Seconds by which this machine's clock may be off the issuer's. 0 to 30; default 5. */
  readonly clockToleranceSeconds?: number
  /**
   * Seconds for which keys that were read are believed; from half of it on they are read anew in the
   * background. 10 to 86,400, and at most the issuer's `verifierCacheSeconds`; default 600.
   */
  readonly jwksMaxAgeSeconds?: number
  /** Seconds between two looks for keys that are not known. 1 to 3600; default 30. */
  readonly jwksCooldownSeconds?: number
  /** Seconds until an issuer that does not answer counts as out of reach. 0.1 to 60; default 5. */
  readonly jwksTimeoutSeconds?: number
  /** Refuses tokens of ended sessions at once. Default: when they expire. */
  readonly revokedSessions?: RevokedSessionsOptions
  /** The time in milliseconds since 1970, for tests. Default `Date.now`. */
  readonly clock?: () => number
}

/** How to hear of sessions that end before their tokens do. */
export interface RevokedSessionsOptions {
  /** Where the issuer streams them. */
  readonly url: string
  /** The value of the `Authorization` header, such as `Basic …`; or what gives it at each connection. */
  readonly authorization: string | (() => string | Promise<string>)
  /**
   * Seconds for which what was heard is good: a token is accepted for at most as long after its session
   * has ended, whatever is lost or delayed; usually it is milliseconds. Clocks that differ from the
   * issuer's add to it. 2 to 300; default 10.
   */
  readonly leaseSeconds?: number
  /**
   * What becomes of tokens while nothing is heard, and of those from before.
   *
   * - `refuse`: an issuer that is not heard is `store_unavailable`; a token from before the connection
   *   is `doubtful` (401), until the client has got a new one. The default.
   * - `accept`: they are good until they expire, five minutes at most, as without `revokedSessions`.
   */
  readonly whenInDoubt?: 'refuse' | 'accept'
  /** Told when a connection is lost. Default: a process warning. */
  readonly onError?: (error: unknown) => void
}

export interface VerifierSettings {
  readonly issuer: string
  readonly audience: string
  readonly jwksUrl: string
  readonly algorithms: readonly AccessTokenAlgorithm[]
  readonly userIdType: UserIdType
  readonly clockToleranceSeconds: number
  readonly maxAgeMs: number
  readonly cooldownMs: number
  readonly timeoutMs: number
  readonly revokedSessions: RevokedSessionsSettings | undefined
  readonly clock: () => number
}

export interface RevokedSessionsSettings {
  readonly url: string
  readonly authorization: () => string | Promise<string>
  readonly leaseMs: number
  readonly refusesDoubt: boolean
  readonly onError: (error: unknown) => void
}

const knownOptions: { readonly [Option in keyof VerifyAccessTokensOptions]-?: true } = {
  issuer: true,
  audience: true,
  jwksUrl: true,
  jwks: true,
  algorithms: true,
  userIdType: true,
  clockToleranceSeconds: true,
  jwksMaxAgeSeconds: true,
  jwksCooldownSeconds: true,
  jwksTimeoutSeconds: true,
  revokedSessions: true,
  clock: true,
}
const knownRevokedSessions: { readonly [Option in keyof RevokedSessionsOptions]-?: true } = {
  url: true,
  authorization: true,
  leaseSeconds: true,
  whenInDoubt: true,
  onError: true,
}

/** @throws {TypeError} naming the option, and what it must be */
export function checkVerifierOptions(options: VerifyAccessTokensOptions): VerifierSettings {
  refuseOthers('verifyAccessTokens()', options, knownOptions)
  const { audience, algorithms = ['ES256'], userIdType = 'text', clock = Date.now } = options
  const issuer = checkUrl('issuer', options.issuer)
  if (typeof audience !== 'string' || audience === '') {
    throw new TypeError('audience must be what the issuer calls this service: one of its audiences')
  }
  const known = ['ES256', 'EdDSA']
  if (
    !Array.isArray(algorithms) ||
    algorithms.length === 0 ||
    !algorithms.every((name) => known.includes(name))
  ) {
    throw new TypeError('algorithms must be a list of ES256 and EdDSA')
  }
  if (!['text', 'uuid', 'integer', 'bigint'].includes(userIdType)) {
    throw new TypeError('userIdType must be one of text, uuid, integer, bigint')
  }
  if (options.jwks !== undefined && options.jwksUrl !== undefined) {
    throw new TypeError('Pass jwks or jwksUrl, not both')
  }
  const seconds = (name: SecondsOption, standard: number, least: number, most: number): number =>
    checkSeconds(name, options[name] ?? standard, least, most)
  return Object.freeze({
    issuer,
    audience,
    jwksUrl: checkUrl(
      'jwksUrl',
      options.jwksUrl ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
    ),
    algorithms: [...algorithms],
    userIdType,
    clockToleranceSeconds: seconds('clockToleranceSeconds', 5, 0, 30),
    maxAgeMs: seconds('jwksMaxAgeSeconds', 600, 10, 86_400) * 1000,
    cooldownMs: seconds('jwksCooldownSeconds', 30, 1, 3600) * 1000,
    timeoutMs: seconds('jwksTimeoutSeconds', 5, 0.1, 60) * 1000,
    revokedSessions: options.revokedSessions && checkRevokedSessions(options.revokedSessions),
    clock,
  })
}

function checkRevokedSessions(options: RevokedSessionsOptions): RevokedSessionsSettings {
  refuseOthers('revokedSessions', options, knownRevokedSessions)
  const { authorization, leaseSeconds = 10, whenInDoubt = 'refuse', onError = warn } = options
  if (
    typeof authorization !== 'function' &&
    (typeof authorization !== 'string' || authorization === '')
  ) {
    throw new TypeError(
      'revokedSessions.authorization must be the value of an Authorization header',
    )
  }
  if (whenInDoubt !== 'refuse' && whenInDoubt !== 'accept') {
    throw new TypeError('revokedSessions.whenInDoubt must be refuse or accept')
  }
  return Object.freeze({
    url: checkUrl('revokedSessions.url', options.url),
    authorization: typeof authorization === 'function' ? authorization : () => authorization,
    leaseMs: checkSeconds('revokedSessions.leaseSeconds', leaseSeconds, 2, 300) * 1000,
    refusesDoubt: whenInDoubt === 'refuse',
    onError,
  })
}

function checkSeconds(name: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new TypeError(
    `${name} must be a number of seconds from ${least} to ${most}; it is ${value}`,
  )
}

function warn(error: unknown): void {
  process.emitWarning(`Cloakroom hears of no ended sessions: ${String(error)}`)
}

type SecondsOption = {
  [K in keyof VerifyAccessTokensOptions]-?: K extends `${string}Seconds` ? K : never
}[keyof VerifyAccessTokensOptions]
