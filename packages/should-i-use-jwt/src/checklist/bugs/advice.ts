// What each kind of bug is, and what to do about it.
import type { BugKind } from './bug.ts'

export interface Advice {
  readonly title: string
  readonly todo: string
  /** For code scanning: from 0 to 10, as CVSS counts. */
  readonly severity: number
}

export const advice: Readonly<Record<BugKind, Advice>> = {
  'no-algorithm-pinned': {
    title: 'the algorithm is whatever the token says',
    todo: 'Name the one algorithm that you sign with where you verify (RFC 8725, 3.1).',
    severity: 6.5,
  },
  'none-possible': {
    title: 'tokens without a signature are accepted or made',
    todo: 'Take "none" out of the list of algorithms (RFC 8725, 3.2).',
    severity: 9.8,
  },
  'secret-in-source': {
    title: 'the secret is in the source',
    todo: 'Make a new secret, keep it outside of the repository, and refuse to start without it.',
    severity: 9.1,
  },
  'short-secret': {
    title: 'the secret is shorter than 32 bytes',
    todo: 'An HMAC key is at least as long as its hash: 32 random bytes for HS256 (RFC 7518, 3.2).',
    severity: 7.5,
  },
  'decode-instead-of-verify': {
    title: 'a token is decoded where it should be verified',
    todo: 'Verify it: what is only decoded was written by whoever sent it.',
    severity: 9.8,
  },
  'no-exp': {
    title: 'tokens never expire',
    todo: 'Sign with an expiry, of minutes.',
    severity: 6.5,
  },
  'no-aud': {
    title: 'tokens are for no audience',
    todo: 'Set `aud`, and demand it where you verify (RFC 8725, 3.9).',
    severity: 4,
  },
  'no-iss': {
    title: 'tokens name no issuer',
    todo: 'Set `iss`, and demand it where you verify (RFC 8725, 3.8).',
    severity: 4,
  },
  'token-in-url': {
    title: 'tokens are in URLs',
    todo: 'URLs end in logs, histories and Referer headers: use a cookie or a header (RFC 9700, 4.3.2).',
    severity: 6.5,
  },
  'token-in-local-storage': {
    title: 'tokens are in localStorage',
    todo: 'Any script on the page can read it: use a cookie that is HttpOnly (OWASP ASVS 14.3.3).',
    severity: 6.1,
  },
  'secret-shared-between-kinds': {
    title: 'one secret signs tokens of several kinds',
    todo: 'A key for each kind, or one can be used as the other (RFC 8725, 3.12).',
    severity: 7,
  },
}

/** Where the documentation of this repository says more. */
export function linkTo(anchor: string): string {
  return `docs/should-i-use-jwt.md#${anchor}`
}
