import { createHmac } from 'node:crypto'
import type { Random } from '../measuring/random.ts'
import { asReceived } from './as-received.ts'

export interface BetterAuthCookies {
  /** The `Cookie` header of each session's client. */
  readonly cookies: readonly string[]
  /** Headers that must be refused, by what is wrong with them. */
  readonly wrongCookies: Readonly<Record<string, string>>
}

export function cookiesOf({
  name,
  tokens,
  secret,
  random,
}: {
  readonly name: string
  readonly tokens: readonly string[]
  readonly secret: string
  readonly random: Random
}): BetterAuthCookies {
  const cookie = (token: string, key: string) => asReceived(`${name}=${signed(token, key)}`)
  return {
    cookies: tokens.map((token) => cookie(token, secret)),
    wrongCookies: {
      'the token of no session': cookie(randomText(random), secret),
      'the signature of another secret': cookie(tokens[0] as string, `not ${secret}`),
      'no cookie': 'theme=dark',
    },
  }
}

/** As Better Auth signs: HMAC-SHA-256 in Base64, percent-encoded. */
function signed(token: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(token).digest('base64')
  return encodeURIComponent(`${token}.${signature}`)
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** In the form of Better Auth's own ids and tokens: 32 letters and digits. */
export function randomText(random: Random): string {
  return Array.from({ length: 32 }, () => letters.charAt(random(letters.length))).join('')
}
