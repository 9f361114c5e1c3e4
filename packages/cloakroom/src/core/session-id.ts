import { createHash, randomBytes } from 'node:crypto'
import type { UserId } from './user.ts'

/** Bytes of a session id, a UUIDv7 (RFC 9562 §5.7). */
export const idLength = 16

/**
 * A new id. The time makes inserts go to the end of the primary key. The 12 `rand_a` bits are the
 * user's bucket, so that a token and its user lead to the same slot of a Valkey cluster.
 */
export function mintId(userId: UserId | null, now: number): Buffer {
  const id = randomBytes(idLength)
  const bucket = userId === null ? id.readUInt16BE(6) : bucketOf(userId)
  id.writeUIntBE(now, 0, 6)
  id.writeUInt16BE(0x7000 | (bucket & 0xfff), 6)
  id[8] = 0x80 | ((id[8] as number) & 0x3f)
  return id
}

/** The first 12 bits of SHA-256 of the user id. */
export function bucketOf(userId: UserId): number {
  return createHash('sha256').update(String(userId)).digest().readUInt16BE(0) >> 4
}

/** Whether version and variant are those of a UUIDv7. */
export function isUuidV7(bytes: Uint8Array): boolean {
  return ((bytes[6] as number) & 0xf0) === 0x70 && ((bytes[8] as number) & 0xc0) === 0x80
}

/** Milliseconds since 1970 at which the id was made, by the clock of the process that made it. */
export function timeOf(id: Uint8Array): number {
  let time = 0
  for (let index = 0; index < 6; index += 1) time = time * 256 + (id[index] as number)
  return time
}

export function formatId(id: Uint8Array): string {
  const hex = Buffer.from(id.buffer, id.byteOffset, idLength).toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const canonical = /^[0-9a-f]{8}-[0-9a-f]{4}-[78][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/**
 * The bytes of an id in its one canonical spelling; `undefined` for anything else. Version 8 is that
 * of a session whose id was made of somebody else's (`cloakroom/express-session`).
 */
export function parseId(text: unknown): Buffer | undefined {
  if (typeof text !== 'string' || !canonical.test(text)) return undefined
  return Buffer.from(text.replaceAll('-', ''), 'hex')
}
