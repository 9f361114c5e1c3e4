import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { promisify } from 'node:util'
import { type Argon2Cost, formatPhc, type PasswordHash, parsePhc } from './phc.ts'
import { createWorkQueue } from './work-queue.ts'

/**
 * Hashes and checks passwords exactly as they came: no trimming, no case, no Unicode normalisation
 * (ASVS 6.2.8). NIST SP 800-63B would have them normalised (NFKC); that would make two passwords
 * one, and the same keyboard gives the same bytes.
 */
export interface Passwords {
  /** @throws {ServiceError} `overloaded` */
  hash(password: string): Promise<string>
  /**
   * Does `work`, in which a password is checked, if there is room for it.
   * @throws {ServiceError} `overloaded`, before anything was done
   */
  checking<Result>(work: (verify: VerifyPassword) => Promise<Result>): Promise<Result>
  /** Whether a hash was made at another cost than today's. */
  isOutdated(hash: string): boolean
}

/** Takes the same time whether or not there is a hash to check against. */
export type VerifyPassword = (password: string, hash: string | undefined) => Promise<boolean>

export interface PasswordOptions {
  /** Default: the OWASP password storage minimum, 19 MiB and two passes. */
  readonly cost?: Argon2Cost
  /** Hashes at once. Default: one core is left to everything else, and at most two are used. */
  readonly concurrency?: number
  /** How many may wait. Default 64: about a second and a half. */
  readonly queueLength?: number
}

const standardCost: Argon2Cost = { memory: 19_456, passes: 2, parallelism: 1 }
const tagLength = 32
const saltLength = 16
const argon2Async = promisify(argon2)

/** @throws {TypeError} for a cost below what ASVS 11.4.2 accepts */
export async function createPasswords(options: PasswordOptions = {}): Promise<Passwords> {
  const cost = options.cost ?? standardCost
  checkCost(cost)
  const queue = createWorkQueue({
    concurrency: options.concurrency ?? Math.max(1, Math.min(2, availableParallelism() - 1)),
    length: options.queueLength ?? 64,
  })

  function derive(password: string, salt: Uint8Array, at: Argon2Cost, length: number) {
    const { memory, passes, parallelism } = at
    return argon2Async('argon2id', {
      message: password,
      nonce: salt,
      memory,
      passes,
      parallelism,
      tagLength: length,
    })
  }

  async function hash(password: string): Promise<string> {
    const salt = randomBytes(saltLength)
    return formatPhc({ ...cost, salt, tag: await derive(password, salt, cost, tagLength) })
  }

  // Of a password that nobody has: what an unknown user's password is checked against.
  const nobodys = parsePhc(await hash(randomBytes(32).toString('base64'))) as PasswordHash

  const verify: VerifyPassword = async (password, text) => {
    const stored = text === undefined ? undefined : parsePhc(text)
    const { salt, tag, ...at } = stored ?? nobodys
    const derived = await derive(password, salt, at, tag.length)
    return timingSafeEqual(derived, tag) && stored !== undefined
  }

  return {
    hash: (password) => queue.admit((inTurn) => inTurn(() => hash(password))),
    checking: (work) =>
      queue.admit((inTurn) => work((password, text) => inTurn(() => verify(password, text)))),
    isOutdated(text) {
      const { memory, passes, parallelism } = parsePhc(text) ?? nobodys
      return memory !== cost.memory || passes !== cost.passes || parallelism !== cost.parallelism
    },
  }
}

/** The equivalent minima of the OWASP cheat sheet that ASVS 5.0 Appendix C keeps. */
const weakest: readonly (readonly [memory: number, passes: number])[] = [
  [47_104, 1],
  [19_456, 2],
  [12_288, 3],
]

function checkCost({ memory, passes, parallelism }: Argon2Cost): void {
  const strong = weakest.some(([least, times]) => memory >= least && passes >= times)
  if (strong && Number.isInteger(memory) && Number.isInteger(passes) && parallelism === 1) return
  throw new TypeError('argon2id needs m=19456,t=2,p=1 or stronger (OWASP ASVS 11.4.2)')
}
