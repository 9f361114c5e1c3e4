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
  /** The time in milliseconds since 1970, for tests. Default `Date.now`. */
  readonly clock?: () => number
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
  readonly clock: () => number
}

/** @throws {TypeError} naming the option, and what it must be */
export function checkVerifierOptions(options: VerifyAccessTokensOptions): VerifierSettings {
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
  const seconds = (name: SecondsOption, standard: number, least: number, most: number): number => {
    const value = options[name] ?? standard
    if (typeof value === 'number' && value >= least && value <= most) return value
    throw new TypeError(
      `${name} must be a number of seconds from ${least} to ${most}; it is ${value}`,
    )
  }
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
    clock,
  })
}

type SecondsOption = {
  [K in keyof VerifyAccessTokensOptions]-?: K extends `${string}Seconds` ? K : never
}[keyof VerifyAccessTokensOptions]
