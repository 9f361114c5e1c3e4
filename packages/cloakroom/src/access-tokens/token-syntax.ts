import { type AccessTokenAlgorithm, longestToken, tokenType } from './access-token.ts'

/** A JWS in its compact form (RFC 7515 §3.1), whose signature nobody has looked at yet. */
export interface UnverifiedToken {
  readonly header: Readonly<Record<string, unknown>>
  /** Encoded. */
  readonly payload: string
}

/** What the header of an access token says. */
export interface TokenHeader {
  readonly alg: AccessTokenAlgorithm
  readonly kid: string
}

/** Both algorithms' signatures have 64 bytes. */
const signatureLength = 86
const form = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * The parts of a token, if it is written in the one way in which an issuer of ours writes it: three
 * parts of canonical base64url (RFC 4648 §3.5), of which the first is a JSON object as
 * `JSON.stringify` writes it. No cryptography, and no more work than its length is worth.
 */
export function splitToken(token: string): UnverifiedToken | undefined {
  if (token.length > longestToken || !form.test(token)) return undefined
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (signature.length !== signatureLength || !isCanonical(signature)) return undefined
  const parameters = isCanonical(payload) ? readObject(header) : undefined
  return parameters && { header: parameters, payload }
}

/**
 * What the header of an access token must say, and nothing else: so there is no `crit`, `b64`, `jku`,
 * `jwk`, `x5u`, `x5c` or `zip` to be understood, or believed (RFC 8725 §3.1 and §3.10).
 */
export function readHeader(
  { header }: UnverifiedToken,
  algorithms: readonly AccessTokenAlgorithm[],
): TokenHeader | undefined {
  const { alg, kid, typ } = header
  if (Object.keys(header).length !== 3 || typ !== tokenType) return undefined
  if (typeof kid !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(kid)) return undefined
  const algorithm = algorithms.find((each) => each === alg)
  return algorithm && { alg: algorithm, kid }
}

/**
 * The object that a part encodes, written as `JSON.stringify` writes it. What has a name twice, or a
 * number out of range, one parser reads in another way than the next (RFC 8725 §2.4).
 */
export function readObject(part: string): Readonly<Record<string, unknown>> | undefined {
  if (!isCanonical(part)) return undefined
  const text = Buffer.from(part, 'base64url').toString('utf8')
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && JSON.stringify(value) === text
      ? (value as Readonly<Record<string, unknown>>)
      : undefined
  } catch {
    return undefined
  }
}

function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part
}
