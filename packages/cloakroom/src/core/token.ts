import { hash, randomBytes, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { idLength, isUuidV7, mintId } from './session-id.ts'
import type { UserId } from './user.ts'

/**
 * prefix + base64url (RFC 4648 §5) of 48 bytes + 6 base62 digits of a CRC-32.
 *
 * The 48 bytes are the session id (16), the family half of the secret (16; lasts as long as the
 * session) and its generation half (16; changes at each rotation). 64 characters carry exactly 48
 * bytes, so every token has one spelling. The checksum is no secret: it lets secret scanners and
 * typing errors do without the database.
 */
export interface Token {
  readonly id: Uint8Array
  readonly secret: Uint8Array
}

export const defaultTokenPrefix = 'cloak_'

const halfLength = 16
const secretLength = 2 * halfLength
const bodyLength = ((idLength + secretLength) / 3) * 4
const checksumLength = 6
const base64url = /^[\w-]*$/
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** A new session's token. */
export function mintToken(userId: UserId | null, now: number): Token {
  return { id: mintId(userId, now), secret: randomBytes(secretLength) }
}

/** The same session's next token: same id, same family half, new generation half of 16 bytes. */
export function nextGeneration(
  { id, secret }: Token,
  generation: Uint8Array = randomBytes(halfLength),
): Token {
  return { id, secret: Buffer.concat([familyOf(secret), generation]) }
}

export function formatToken(prefix: string, { id, secret }: Token): string {
  const text = prefix + Buffer.concat([id, secret]).toString('base64url')
  return text + checksum(text)
}

/** `undefined` for whatever is not the one spelling of a token with this prefix. No I/O. */
export function parseToken(prefix: string, text: string): Token | undefined {
  const end = prefix.length + bodyLength
  if (text.length !== end + checksumLength || !text.startsWith(prefix)) return undefined
  if (!base64url.test(text.slice(prefix.length, end))) return undefined
  if (checksum(text.slice(0, end)) !== text.slice(end)) return undefined
  const bytes = Buffer.from(text.slice(prefix.length, end), 'base64url')
  if (!isUuidV7(bytes)) return undefined
  return { id: bytes.subarray(0, idLength), secret: bytes.subarray(idLength) }
}

/** What is stored of a token: SHA-256 of its whole secret. */
export function hashSecret(secret: Uint8Array): Buffer {
  return sha256(secret)
}

/** What is stored of the half that outlives rotations. */
export function hashFamily(secret: Uint8Array): Buffer {
  return sha256(familyOf(secret))
}

/** In constant time. */
export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b)
}

function familyOf(secret: Uint8Array): Uint8Array {
  return secret.subarray(0, halfLength)
}

// By way of a string because that takes half the time of asking `hash` for a buffer (Node 24).
function sha256(bytes: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', bytes, 'binary'), 'binary')
}

function checksum(text: string): string {
  let rest = crc32(text)
  let digits = ''
  for (let index = 0; index < checksumLength; index += 1) {
    digits = base62.charAt(rest % 62) + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}
