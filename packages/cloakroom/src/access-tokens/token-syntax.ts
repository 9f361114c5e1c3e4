import { type AccessTokenAlgorithm, longestToken, tokenType } from './access-token.ts'

/** What the header of a token says that may be looked at. */
export interface TokenHeader {
  readonly alg: AccessTokenAlgorithm
  readonly kid: string
}

/** ES256 and Ed25519 signatures have 64 bytes. */
const signatureLength = 86
const form = /^[\w-]+\.[\w-]+\.[\w-]+$/

/**
 * The header of what is written exactly as an issuer of ours writes it; `undefined`: anything else.
 * No cryptography, and no more work than the length of a token is worth.
 *
 * Exactly: three parts of canonical base64url (RFC 4648 §3.5), a header with `alg`, `kid` and `typ`
 * and nothing else. So there is no `crit`, `b64`, `jku`, `jwk`, `x5u`, `x5c` or `zip` to be
 * understood (RFC 8725 §3.10), and no second spelling of a token.
 */
export function readHeader(
  token: string,
  algorithms: readonly AccessTokenAlgorithm[],
): TokenHeader | undefined {
  if (token.length > longestToken || !form.test(token)) return undefined
  const [header = '', payload = '', signature = ''] = token.split('.')
  if (signature.length !== signatureLength) return undefined
  if (!isCanonical(payload) || !isCanonical(signature)) return undefined
  const parameters = readObject(header)
  if (parameters === undefined || Object.keys(parameters).length !== 3) return undefined
  const { alg, kid, typ } = parameters
  if (typ !== tokenType || !algorithms.includes(alg as AccessTokenAlgorithm)) return undefined
  if (typeof kid !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(kid)) return undefined
  return { alg: alg as AccessTokenAlgorithm, kid }
}

/** The claims of a token whose signature is right, as far as they are an object. */
export function readPayload(token: string): Readonly<Record<string, unknown>> | undefined {
  return readObject(token.split('.')[1] ?? '')
}

/**
 * An object in the one way in which `JSON.stringify` writes it. RFC 8725 §2.4: what has a name twice,
 * or a number out of range, one parser reads in another way than the next.
 */
function readObject(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) return undefined
  const text = bytes.toString('utf8')
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
