import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Binds a form to the session that it was shown in (ASVS 3.5.1), on top of the same-origin check.
 * The key is the session token itself, which only the cookie holds: so nothing is stored, there is
 * no server secret to keep, and the value dies with the token. It gives nothing of the token away.
 */
export function formTokenFor(sessionToken: string): string {
  return createHmac('sha256', sessionToken).update('cloakroom form').digest('base64url')
}

export function isFormToken(given: string | null, expected: string): boolean {
  const [left, right] = [Buffer.from(given ?? ''), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
