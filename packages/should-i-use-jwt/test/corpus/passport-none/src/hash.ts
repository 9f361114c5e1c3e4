import { scryptSync, timingSafeEqual } from 'crypto'

export function sameHash(stored: string, password: string) {
  const [salt, hash] = stored.split(':')
  return timingSafeEqual(Buffer.from(hash, 'hex'), scryptSync(password, salt, 64))
}
