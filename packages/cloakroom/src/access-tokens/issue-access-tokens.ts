import { contextOf } from '../core/context.ts'
import type { AnyUser } from '../core/user.ts'
import type { AccessTokenAlgorithm } from './access-token.ts'
import { checkIssuerOptions, type IssuerOptions, keySetMaxAgeSeconds } from './issuer-options.ts'
import { keyEncryption } from './key-encryption.ts'
import { holdKeys } from './key-holder.ts'
import { hasten, withdraw } from './key-ring.ts'
import { type MintedToken, type MintOptions, mintToken, type SignedIn } from './mint-token.ts'
import type { PublicJwk } from './signing-keys.ts'

/** Mints access tokens, and keeps the keys that sign them. */
export interface AccessTokenIssuer<
  User extends AnyUser = AnyUser,
  Audience extends string = string,
> {
  /**
   * A token for the session that a verification has just found. No I/O. It lives for
   * `lifetimeSeconds` from that verification, and never beyond the session's own end.
   * @throws {CloakroomError} `not_authenticated` for an anonymous session, one that is over, and one
   * verified too long ago; `invalid_target`, `invalid_scope`; `invalid_data` if the user's claims make
   * it longer than 8192 characters; `store_unavailable` after two minutes without the database
   */
  mint(signedIn: SignedIn<User>, options: MintOptions<Audience>): Promise<MintedToken>
  /**
   * The public keys (RFC 7517 §5), to be served as `application/jwk-set+json` with
   * `Cache-Control: public, max-age=${metadata.keySetMaxAgeSeconds}`.
   * @throws {CloakroomError} `store_unavailable` after two minutes without the database
   */
  jwks(): Promise<JsonWebKeySet>
  /** What the issuer is set to, for the metadata document (RFC 8414). */
  readonly metadata: IssuerMetadata
  /** The keys, for people: never anything private. */
  keys(): Promise<readonly KeySummary[]>
  /**
   * Lets the next key sign as soon as every verifier has it, instead of when its time has come.
   * No token is refused for it.
   */
  rotateNow(): Promise<void>
  /**
   * Withdraws a key that somebody else may have: it leaves the key set at once, and the next key signs.
   * Issuers in other processes follow within two minutes, and verifiers when they read the key set
   * anew: together at the latest `metadata.withdrawalSeconds` after this promise resolves. `false`: there
   * is no such key.
   */
  retire(keyId: string): Promise<boolean>
  /** Stops looking at the stored keys. The store stays open. */
  close(): Promise<void>
}

/** RFC 7517 §5. */
export interface JsonWebKeySet {
  readonly keys: readonly PublicJwk[]
}

export interface IssuerMetadata {
  readonly issuer: string
  readonly algorithm: AccessTokenAlgorithm
  readonly lifetimeSeconds: number
  /** Every audience with its scopes. */
  readonly audiences: Readonly<Record<string, readonly string[]>>
  /** For how long caches on the way may keep the key set. */
  readonly keySetMaxAgeSeconds: number
  /** How long it may take until a withdrawn key is refused everywhere. */
  readonly withdrawalSeconds: number
}

export interface KeySummary {
  readonly id: string
  readonly algorithm: AccessTokenAlgorithm
  readonly createdAt: Date
  readonly signsFrom: Date
  /** `standby`: verifiers have it, and it has not signed. `retiring`: until its tokens have expired. */
  readonly state: 'standby' | 'signing' | 'retiring'
}

export interface IssueAccessTokensOptions<
  User extends AnyUser = AnyUser,
  Audience extends string = string,
> extends IssuerOptions<Audience, Extract<keyof User, string>> {
  /** What `cloakroom({ … })` resolved to. The keys are kept in its store. */
  readonly auth: AuthOf<User>
}

/** Of what `cloakroom` made, the part that tells the type of its users. */
export interface AuthOf<User extends AnyUser> {
  list(userId: User['id']): Promise<readonly unknown[]>
  verify(token: string | undefined): Promise<{ readonly status: string; readonly user?: User }>
}

/**
 * Issues access tokens to live sessions: JWTs (RFC 9068) of five minutes at most, for services that
 * must not touch the user database. Keys are made, rotated and withdrawn in the store, encrypted.
 *
 * @throws {TypeError} for an option that is missing or out of range, and for a store that keeps no keys
 * @throws {CloakroomError} `wrong_key_encryption_key`, `store_unavailable`; `schema_mismatch` if somebody
 * has damaged the stored keys
 */
export async function issueAccessTokens<User extends AnyUser, const Audience extends string>(
  options: IssueAccessTokensOptions<User, Audience>,
): Promise<AccessTokenIssuer<User, Audience>> {
  const { store, clock, leaseMs, onError } = contextOf(options.auth)
  const settings = checkIssuerOptions(options)
  const { issuer, algorithm, schedule, audiences, lifetimeMs } = settings
  const encryption = keyEncryption(options.keyEncryptionKey)
  if (store.signingKeys === undefined) {
    throw new TypeError('The store of auth keeps no signing keys: it has no signingKeys')
  }
  const holder = await holdKeys({
    store: store.signingKeys,
    encryption,
    algorithm,
    schedule,
    clock,
    onError: options.onError ?? onError,
  })

  const scopes = [...audiences].map(([name, scopes]) => [name, Object.freeze([...scopes])] as const)
  const metadata: IssuerMetadata = Object.freeze({
    issuer,
    algorithm,
    lifetimeSeconds: lifetimeMs / 1000,
    audiences: Object.freeze(Object.fromEntries(scopes)),
    keySetMaxAgeSeconds,
    // That is also how long a key is published before it signs.
    withdrawalSeconds: schedule.publishMs / 1000,
  })

  return Object.freeze<AccessTokenIssuer<User, Audience>>({
    metadata,
    async mint(signedIn, mintOptions) {
      return mintToken(settings, { ...(await holder.current()), leaseMs }, signedIn, mintOptions)
    },
    async jwks() {
      const { keys } = await holder.current()
      return { keys: [...keys.values()].map(({ publicJwk }) => publicJwk) }
    },
    async keys() {
      const { ring, keys, signer } = await holder.current()
      const signing = ring.findIndex(({ id }) => id === signer.id)
      return ring.map(({ id, createdAt, signsFrom }, at) => ({
        id,
        algorithm: keys.get(id)?.algorithm ?? algorithm,
        createdAt: new Date(createdAt),
        signsFrom: new Date(signsFrom),
        state: at < signing ? 'retiring' : at === signing ? 'signing' : 'standby',
      }))
    },
    rotateNow: () => holder.change((ring, now) => hasten(ring, now, schedule)),
    async retire(keyId) {
      let wasThere = false
      await holder.change((ring, now) => {
        wasThere = ring.some(({ id }) => id === keyId)
        return withdraw(ring, keyId, now)
      })
      return wasThere
    },
    close: () => holder.close(),
  })
}
