import { refuseOthers } from '../core/refuse-others.ts'
import type { AccessTokenAlgorithm } from './access-token.ts'
import { longestLifetimeSeconds } from './access-token.ts'
import { checkUrl } from './check-url.ts'
import type { KeyEncryptionKey } from './key-encryption.ts'
import type { Schedule } from './key-ring.ts'

/** What may be asked for in tokens for one audience. */
export interface AudienceOptions {
  /** RFC 6749 §3.3: without spaces. Default: none. */
  readonly scopes?: readonly string[]
}

export interface IssuerOptions<Audience extends string = string, Claim extends string = string> {
  /** The issuer's own URL (RFC 8414 §2), such as `https://auth.example`: `iss`, to the letter. */
  readonly issuer: string
  /** The services that tokens are for, each by its `aud`, such as `https://orders.example`. */
  readonly audiences: Readonly<Record<Audience, AudienceOptions>>
  /**
   * Encrypts the private keys in the database: 32 random bytes kept elsewhere. `undefined`, as where a
   * variable of the environment is missing, is refused at the start. To replace it, pass
   * `[new, old]`, until the keys that were made under the old one are gone: two rotations later.
   */
  readonly keyEncryptionKey: KeyEncryptionKey | readonly KeyEncryptionKey[] | undefined
  /** Seconds that a token lives at most. An integer from 10 to 300; default 300. */
  readonly lifetimeSeconds?: number
  /** How new keys sign. Default `ES256`. */
  readonly algorithm?: AccessTokenAlgorithm
  /** Properties of `user` that tokens carry: readable by whoever has one. Default: none. */
  readonly userClaims?: readonly Claim[]
  /** Seconds that a key signs. 3600 to 31,536,000; default 604,800 (7 days). */
  readonly rotationSeconds?: number
  /**
   * Seconds that verifiers go on using a key set that they have read. 0 to 86,400; default 600, as
   * this library's verifiers and jose's do. It is waited for before a key signs, and it is how long a
   * withdrawn key may still be believed.
   */
  readonly verifierCacheSeconds?: number
  /** Told when the keys cannot be read, or rotated, in the background. Default: that of `auth`. */
  readonly onError?: (error: unknown) => void
}

export interface IssuerSettings {
  readonly issuer: string
  readonly audiences: ReadonlyMap<string, ReadonlySet<string>>
  readonly lifetimeMs: number
  readonly algorithm: AccessTokenAlgorithm
  readonly userClaims: readonly string[]
  readonly schedule: Schedule
}

const knownOptions: { readonly [Option in 'auth' | keyof IssuerOptions]-?: true } = {
  auth: true,
  issuer: true,
  audiences: true,
  keyEncryptionKey: true,
  lifetimeSeconds: true,
  algorithm: true,
  userClaims: true,
  rotationSeconds: true,
  verifierCacheSeconds: true,
  onError: true,
}

/** Seconds between two looks at the stored keys. */
export const refreshSeconds = 30

/**
 * Seconds without one after which an issuer neither signs nor publishes: it may not know that a key was
 * withdrawn, or that another one signs by now.
 */
export const staleSeconds = 120

/** Seconds that a key set may be kept on its way (RFC 9111): by browsers, proxies and the like. */
export const keySetMaxAgeSeconds = 60

/** By how much a verifier's clock may be late, in seconds. */
const clockSlackSeconds = 30

/** @throws {TypeError} naming the option, and what it must be */
export function checkIssuerOptions(options: IssuerOptions): IssuerSettings {
  refuseOthers('issueAccessTokens()', options, knownOptions)
  const { algorithm = 'ES256', userClaims = [] } = options
  const lifetime = seconds(
    'lifetimeSeconds',
    options.lifetimeSeconds ?? 300,
    10,
    longestLifetimeSeconds,
  )
  const rotation = seconds('rotationSeconds', options.rotationSeconds ?? 604_800, 3600, 31_536_000)
  const cached = seconds('verifierCacheSeconds', options.verifierCacheSeconds ?? 600, 0, 86_400)
  if (!Number.isInteger(lifetime)) throw new TypeError('lifetimeSeconds must be an integer')
  if (algorithm !== 'ES256' && algorithm !== 'EdDSA') {
    throw new TypeError('algorithm must be ES256 or EdDSA')
  }
  if (!Array.isArray(userClaims) || !userClaims.every((name) => typeof name === 'string')) {
    throw new TypeError('userClaims must name properties of user')
  }
  return Object.freeze({
    issuer: checkUrl('issuer', options.issuer),
    audiences: checkAudiences(options.audiences),
    lifetimeMs: lifetime * 1000,
    algorithm,
    userClaims: [...userClaims],
    schedule: Object.freeze({
      rotationMs: rotation * 1000,
      publishMs: (staleSeconds + keySetMaxAgeSeconds + cached) * 1000,
      retireMs: (staleSeconds + lifetime + clockSlackSeconds) * 1000,
    }),
  })
}

function seconds(name: string, value: number, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new TypeError(
    `${name} must be a number of seconds from ${least} to ${most}; it is ${value}`,
  )
}

/** RFC 6749 §3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/

function checkAudiences(
  audiences: Readonly<Record<string, AudienceOptions>>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const entries = Object.entries(audiences ?? {})
  if (entries.length === 0 || entries.some(([name]) => name === '')) {
    throw new TypeError(
      'audiences must name what tokens are for: { "https://orders.example": { scopes: ["orders:read"] } }',
    )
  }
  return new Map(
    entries.map(([name, { scopes = [] }]) => {
      if (Array.isArray(scopes) && scopes.every((scope) => scopeToken.test(scope))) {
        return [name, new Set(scopes)]
      }
      throw new TypeError(
        `audiences["${name}"].scopes must be words without spaces, quotes and backslashes`,
      )
    }),
  )
}
