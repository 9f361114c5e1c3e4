import { refuseOthers } from '../core/refuse-others.ts'

/** How the session cookie differs from the default, each under a name that looks like what it is. */
export interface CookieOptions {
  /**
   * A cookie without `Secure` on an `http:` origin that is not this machine. Anybody on the network
   * path can read it and use it. Default false.
   */
  readonly dangerouslyInsecure?: boolean
  /**
   * Share the cookie with this domain and everything under it, such as `example.com`: each of those
   * hosts can read and replace it. Its name then begins with `__Secure-`. Default: this host only.
   */
  readonly dangerouslySharedDomain?: string
}

/** The one place where the cookie's name and attributes exist. */
export interface SessionCookie {
  readonly name: string
  /** `Set-Cookie` for a token; `maxAgeSeconds` `undefined`: until the browser is closed. */
  set(token: string, maxAgeSeconds: number | undefined): string
  /** `Set-Cookie` that removes it. */
  clear(): string
  /** Every value of this name that a `Cookie` header holds. */
  read(header: string | undefined): string[]
}

/**
 * The cookie that follows from the origin: `__Host-session` where there is TLS,
 * `cloakroom-session` on a plain-http localhost (RFC 6265bis §4.1.3 for the prefixes).
 * @throws {TypeError} for what is insecure and was not asked for
 */
export function cookieFor(origin: string, options: CookieOptions = {}): SessionCookie {
  refuseOthers('cookie', options, { dangerouslyInsecure: true, dangerouslySharedDomain: true })
  const { protocol, hostname } = new URL(origin)
  const { dangerouslyInsecure = false, dangerouslySharedDomain: domain } = options
  const secure = protocol === 'https:'
  if (!secure && !isLocal(hostname) && !dangerouslyInsecure) {
    throw new TypeError(
      `origin ${origin} has no TLS, so anybody on the path could read the session cookie. Use https, or set cookie.dangerouslyInsecure.`,
    )
  }
  if (secure && dangerouslyInsecure) {
    throw new TypeError(`cookie.dangerouslyInsecure contradicts origin ${origin}, which has TLS`)
  }
  if (domain !== undefined) checkDomain(domain, hostname)
  const name = domain === undefined ? '__Host-session' : '__Secure-session'
  return sessionCookie(secure ? name : 'cloakroom-session', { secure, domain })
}

function sessionCookie(
  name: string,
  { secure, domain }: { secure: boolean; domain: string | undefined },
): SessionCookie {
  const shared = domain === undefined ? '' : `; Domain=${domain}`
  const attributes = `; Path=/${shared}${secure ? '; Secure' : ''}; HttpOnly; SameSite=Lax`
  return Object.freeze({
    name,
    set: (token: string, maxAgeSeconds: number | undefined) =>
      `${name}=${token}${attributes}${maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`}`,
    clear: () => `${name}=${attributes}; Max-Age=0`,
    read: (header: string | undefined) => valuesOf(name, header),
  })
}

function valuesOf(name: string, header: string | undefined): string[] {
  const values: string[] = []
  if (header === undefined) return values
  for (let start = 0; start <= header.length; ) {
    const semicolon = header.indexOf(';', start)
    const end = semicolon === -1 ? header.length : semicolon
    const equals = header.indexOf('=', start)
    if (equals !== -1 && equals < end && strip(header, start, equals) === name) {
      values.push(strip(header, equals + 1, end))
    }
    start = end + 1
  }
  return values
}

// A loop, because a regular expression for both ends takes quadratic time on 16 kB of spaces. Only the
// white space of RFC 6265 §5.4: `trim` would also take Unicode spaces for none.
function strip(text: string, from: number, to: number): string {
  let start = from
  let end = to
  while (start < end && isSpace(text.charCodeAt(start))) start += 1
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1
  return text.slice(start, end)
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09
}

function isLocal(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  )
}

function checkDomain(domain: string, hostname: string): void {
  // The last label begins with a letter: an address has nothing under it to share with.
  const wellFormed = /^(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(domain)
  if (!wellFormed || !(hostname === domain || hostname.endsWith(`.${domain}`))) {
    throw new TypeError(
      `cookie.dangerouslySharedDomain must be a lower-case domain that ${hostname} is in; it is ${domain}`,
    )
  }
}
