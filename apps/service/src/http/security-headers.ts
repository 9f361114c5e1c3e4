import type { MiddlewareHandler } from 'hono'

export type Headers = readonly (readonly [name: string, value: string])[]

/** What every response carries, errors included (ASVS 3.4). A response may say something else itself. */
export function securityHeaders(origin: string): Headers {
  const contentSecurityPolicy = [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
  const headers: [string, string][] = [
    ['content-security-policy', contentSecurityPolicy],
    ['x-content-type-options', 'nosniff'],
    // `no-referrer` would have browsers send `Origin: null`, which no same-origin check can accept.
    ['referrer-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), display-capture=(), geolocation=(), microphone=(), usb=()'],
    ['cache-control', 'no-store'],
  ]
  // Browsers ignore it without TLS (RFC 6797 §8.1).
  if (origin.startsWith('https:')) {
    headers.push(['strict-transport-security', 'max-age=31536000; includeSubDomains'])
  }
  return headers
}

export function withHeaders(headers: Headers): MiddlewareHandler {
  return async (context, next) => {
    await next()
    for (const [name, value] of headers) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value)
    }
  }
}
