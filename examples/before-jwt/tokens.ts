import { randomUUID } from 'node:crypto'
import jwt from 'jsonwebtoken'
import { database } from './database.ts'

const secret = process.env.JWT_SECRET ?? 'change me'

export interface Claims {
  sub: string
  jti: string
  exp: number
}

export function signToken(userId: number): string {
  return jwt.sign({}, secret, { subject: String(userId), jwtid: randomUUID(), expiresIn: '1h' })
}

export function verifyToken(token: string): Claims {
  const claims = jwt.verify(token, secret) as unknown as Claims
  const revoked = database.prepare('select 1 from revoked_tokens where jti = ?').get(claims.jti)
  if (revoked !== undefined) throw new Error('The token is revoked')
  return claims
}

export function revokeToken({ jti, exp }: Claims): void {
  database.prepare('insert or ignore into revoked_tokens values (?, ?)').run(jti, exp)
}

// To be called now and then, or the table grows for ever.
export function pruneTokens(): void {
  database.prepare('delete from revoked_tokens where expires_at < unixepoch()').run()
}
