import { hash, randomBytes } from 'node:crypto'

/** Letters that cannot be mistaken for each other when typed (Crockford's base32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const groups = 7
const groupLength = 4

/** A single-use code that a person can read and type: seven groups of four, 140 random bits. */
export function mintCode(): string {
  const letters = [...randomBytes(groups * groupLength)].map((byte) => alphabet[byte % 32])
  return Array.from({ length: groups }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-')
}

/** What is stored of a code. Spaces, hyphens and case do not matter to it, and I, L, O are digits. */
export function hashCode(text: string): Uint8Array {
  const letters = text.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0')
  return hash('sha256', letters, 'buffer')
}
