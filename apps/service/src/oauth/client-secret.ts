import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** So that secret scanners know one. */
const prefix = 'cloakclient_'

/** 256 random bits. It is shown once. */
export function mintClientSecret(): string {
  return prefix + randomBytes(32).toString('base64url')
}

/** What is stored of it. It is random, so there is nothing that a slow hash would make harder. */
export function hashClientSecret(secret: string): Uint8Array {
  return hash('sha256', secret, 'buffer')
}

/** In constant time. */
export function isClientSecret(secret: string, stored: Uint8Array | null): boolean {
  return stored !== null && timingSafeEqual(hashClientSecret(secret), stored)
}
