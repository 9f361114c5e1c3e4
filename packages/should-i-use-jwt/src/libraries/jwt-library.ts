// How a library of JWTs is described: which of its functions does what, and where the token, the
// key and the settings are among what it is given.
import type { RequestPlace } from '../flow/origin.ts'

export interface JwtLibrary {
  readonly name: string
  readonly packages: RegExp
  readonly calls: readonly JwtCall[]
  /** Settings that hold for all calls, given once: to a plugin or a module. */
  readonly registration?: {
    readonly packages: RegExp
    readonly path: RegExp
    /** Which argument has the settings; in a function of that name, what it returns. */
    readonly argument: number
    readonly factory?: string
    /** The plugin is the first argument of somebody else's `register`. */
    readonly isPlugin?: true
  }
}

export interface JwtCall {
  /** `guard`: the library reads the token from the request and verifies it by itself. */
  readonly role: 'verify' | 'decode' | 'sign' | 'guard'
  /** The path of the called function in its package. */
  readonly path: RegExp
  readonly token?: number
  readonly payload?: number
  /** An argument, or the names of options. */
  readonly key?: number | readonly string[]
  /** Which argument has the options; `origin`: the call that has made the function or object. */
  readonly options?: number | 'origin'
  /** Of an instance of a class of NestJS or a plugin: the registration's where the call has none. */
  readonly hasRegistration?: true
  /** Settings are calls in a chain: `new SignJWT(payload).setExpirationTime('5m').sign(key)`. */
  readonly isChain?: true
  readonly names: Readonly<Partial<Record<SettingName, readonly string[]>>>
  /** Where it finds the token unless told otherwise. */
  readonly reads?: readonly RequestPlace[]
  /** The option that says where the token is. */
  readonly readsBy?: readonly string[]
  /** The option under which name it keeps who was verified. */
  readonly identityBy?: readonly string[]
  /** Options by which tokens can be refused although their signature is right. */
  readonly revokedBy?: readonly string[]
  /** It takes one algorithm, or demands that they are named. */
  readonly isPinned?: true
  /**
   * Made for access tokens only, which live for so many seconds at most, and are renewed by opaque
   * tokens that are stored and rotated.
   */
  readonly longestLife?: number
}

export type SettingName = 'algorithms' | 'audience' | 'issuer' | 'expires' | 'key'
