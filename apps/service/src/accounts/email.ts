/** The longest address that mail can be sent to, in bytes (RFC 5321 §4.5.3.1.3). */
const maxBytes = 254

/**
 * The one spelling under which an address is stored, found, throttled and shown; `undefined` for
 * what is none. Lower case throughout: no mail provider keeps apart what differs by case alone.
 */
export function normaliseEmail(text: string): string | undefined {
  if (!text.isWellFormed()) return undefined
  const email = text.trim().normalize('NFC').toLowerCase()
  // No white space, no control, format or unassigned character: two addresses that look the same
  // should not be two accounts.
  const shape = /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]+\.[^\s@.\p{C}]+$/u
  return shape.test(email) && Buffer.byteLength(email) <= maxBytes ? email : undefined
}
