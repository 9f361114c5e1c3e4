/** The longest address that mail can be sent to, in bytes (RFC 5321 §4.5.3.1.3). */
const maxBytes = 254

/** No form of a letter is another letter, and what was spelled once stays as it is. */
export function spell(text: string): string {
  // Again, since lower case letters can have a composed form that upper case ones have not.
  return text.trim().normalize('NFKC').toLowerCase().normalize('NFKC')
}

/**
 * The one spelling under which an address is stored, found, throttled and shown; `undefined` for
 * what is none. Lower case throughout: no mail provider keeps apart what differs by case alone.
 */
export function normaliseEmail(text: string): string | undefined {
  if (!text.isWellFormed()) return undefined
  const email = spell(text)
  return shape.test(email) && Buffer.byteLength(email) <= maxBytes ? email : undefined
}

// No white space, and nothing that is not seen (control, format, unassigned or ignorable
// characters): two addresses that look the same should not be two accounts.
const character = String.raw`[^\s@\p{C}\p{Default_Ignorable_Code_Point}]`
const shape = new RegExp(`^${character}{1,64}@${character}+\\.(?:(?!\\.)${character})+$`, 'u')
