import { checkUserId, type UserId, type UserIdType } from '../core/user.ts'
import { CloakroomError } from '../errors.ts'
import type { AccessTokenClaims } from './access-token.ts'
import { followEndedSessions } from './follow-ended-sessions.ts'
import { isSignedBy, readKeySet } from './key-set.ts'
import { readClaims } from './read-claims.ts'
import { type KeySource, remoteKeySet } from './remote-key-set.ts'
import { readHeader, readObject, splitToken } from './token-syntax.ts'
import {
  type TokenAnonymous,
  type TokenAuthenticated,
  type TokenRequirements,
  type TokenVerification,
  type UserIdOf,
  unmet,
} from './token-verification.ts'
import {
  checkVerifierOptions,
  type VerifierSettings,
  type VerifyAccessTokensOptions,
} from './verifier-options.ts'

/** Verifies access tokens, in a service that never asks the user database. */
export interface AccessTokenVerifier<Id extends UserId = UserId> {
  /**
   * What a token proves. No I/O, but for the issuer's keys every few minutes.
   * @throws {CloakroomError} `store_unavailable` if those keys cannot be read; with `revokedSessions`, if
   * nothing was heard of them for a lease
   */
  verify(
    token: string | undefined,
    requirements?: TokenRequirements,
  ): Promise<TokenVerification<Id>>
  /** Stops listening to `revokedSessions`. */
  close(): Promise<void>
}

/**
 * Verifies the access tokens of one issuer, for one audience (RFC 9068 §4, RFC 8725).
 * @throws {TypeError} for an option that is missing or out of range
 */
export function verifyAccessTokens<const IdType extends UserIdType = 'text'>(
  options: VerifyAccessTokensOptions<IdType>,
): AccessTokenVerifier<UserIdOf<IdType>> {
  const settings = checkVerifierOptions(options)
  const { clock } = settings
  const keys = keySource(options.jwks, settings)
  const { revokedSessions } = settings
  const follower = revokedSessions && followEndedSessions({ ...revokedSessions, clock })

  async function verifyNow(token: string | undefined): Promise<TokenAuthenticated | Refusal> {
    if (token === undefined || token === '') return 'missing'
    if (typeof token !== 'string') return 'malformed'
    const unverified = splitToken(token)
    if (unverified === undefined) return 'malformed'
    const header = readHeader(unverified, settings.algorithms)
    if (header === undefined) return 'malformed'
    const key = await keys.find(header.kid)
    if (key?.algorithm !== header.alg || !(await isSignedBy(token, key))) return 'untrusted'
    const claims = readClaims(readObject(unverified.payload), { ...settings, now: clock() / 1000 })
    if (typeof claims === 'string') return claims
    const userId = readUserId(settings.userIdType, claims.sub)
    if (userId === undefined) return 'invalid'
    return (await doubtOf(claims)) ?? authenticated(claims, userId)
  }

  /** Why the token is refused for what was heard, or not heard, of its session. */
  async function doubtOf(claims: AccessTokenClaims): Promise<Refusal | undefined> {
    const judgement = (await follower?.judge(claims)) ?? 'live'
    if (judgement === 'ended') return 'revoked'
    if (judgement === 'live' || revokedSessions?.refusesDoubt !== true) return undefined
    if (judgement === 'doubtful') return 'doubtful'
    throw new CloakroomError('store_unavailable', 'The issuer does not tell which sessions ended.')
  }

  return Object.freeze<AccessTokenVerifier<UserIdOf<IdType>>>({
    async verify(token, requirements = {}) {
      const result = await verifyNow(token)
      if (typeof result === 'string') return { status: 'anonymous', reason: result }
      const reason = unmet(result, requirements, clock() / 1000)
      if (reason !== undefined) return { status: 'refused', reason }
      return result as TokenAuthenticated<UserIdOf<IdType>>
    },
    close: async () => follower?.close(),
  })
}

type Refusal = TokenAnonymous['reason']

function keySource(jwks: VerifyAccessTokensOptions['jwks'], settings: VerifierSettings): KeySource {
  if (jwks === undefined) return remoteKeySet({ ...settings, url: settings.jwksUrl })
  if (typeof jwks === 'function') {
    let text = ''
    let set: ReturnType<typeof readKeySet> = new Map()
    return {
      async find(keyId) {
        const given = await jwks()
        const givenText = JSON.stringify(given)
        // To import keys takes longer than to check a signature.
        if (givenText !== text) [text, set] = [givenText, readKeySet(given)]
        return set.get(keyId)
      },
    }
  }
  const set = readKeySet(jwks)
  return { find: async (keyId) => set.get(keyId) }
}

function authenticated(claims: AccessTokenClaims, userId: UserId): TokenAuthenticated {
  const { sid, exp, auth_time: checkedAt, amr, scope = '' } = claims
  return {
    status: 'authenticated',
    identity: {
      id: sid,
      userId,
      expiresAt: new Date(exp * 1000),
      authenticatedAt: checkedAt === undefined ? null : new Date(checkedAt * 1000),
      methods: amr,
    },
    claims,
    scopes: new Set(scope === '' ? [] : scope.split(' ')),
  }
}

/** The id as `cloakroom` shows it; `undefined`: no id of the type is written like that. */
function readUserId(type: UserIdType, sub: string): UserId | undefined {
  const id = type === 'integer' ? Number(sub) : sub
  try {
    checkUserId(type, id)
  } catch {
    return undefined
  }
  return String(id) === sub ? id : undefined
}
