import type { RefusalCode } from '../service-error.ts'
import { isCommonPassword } from './common-passwords.ts'

/** In code points. NIST SP 800-63B wants 15 where the password is the only factor. */
export const shortestPassword = 15
export const longestPassword = 256

/** What a password must not be made of: it is the first that anybody would guess. */
export interface PasswordContext {
  readonly email: string
  /** The service's name and host, in words. */
  readonly words: readonly string[]
}

/**
 * Why a password may not be chosen; `undefined`: it may. Length and lists, no composition rules
 * (ASVS 6.2.1, 6.2.4, 6.2.5, 6.2.11).
 */
export function passwordProblem(
  password: string,
  { email, words }: PasswordContext,
): RefusalCode | undefined {
  const length = [...password].length
  if (length < shortestPassword) return 'password_too_short'
  if (length > longestPassword) return 'password_too_long'
  if (isCommonPassword(password)) return 'password_common'
  const context = [email, ...email.split(/[@.+_-]/), ...words]
  return isContextual(password, context) ? 'password_contextual' : undefined
}

/** Characters that must be left when every word of the context is taken out. */
const leastOfItsOwn = 8

function isContextual(password: string, context: readonly string[]): boolean {
  const words = context.map((word) => word.toLowerCase()).filter((word) => word.length >= 4)
  // The longest first: a part of it would leave the other parts behind.
  words.sort((a, b) => b.length - a.length)
  const lower = password.toLowerCase()
  const rest = words.reduce((text, word) => text.replaceAll(word, ''), lower)
  return rest !== lower && [...rest].length < leastOfItsOwn
}
