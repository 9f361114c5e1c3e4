import type { RequestHead } from './request-head.ts'

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/**
 * Whether a request that reads or may set a cookie is refused because it could come from another
 * site's page. Safe methods (RFC 9110 §9.2.1) change nothing, so they pass; but not the GET that opens a
 * WebSocket, which any page may send with cookies, and by which it would then read (RFC 6455 §10.2).
 */
export function isCrossSite(head: RequestHead, origin: string): boolean {
  const changesNothing = safeMethods.has(head.method) && !isUpgrade(head)
  return !changesNothing && isForeign(head, origin)
}

function isUpgrade({ upgrade }: RequestHead): boolean {
  return upgrade !== undefined && /websocket/i.test(upgrade)
}

/**
 * Whether a request could come from another site's page, whatever its method. Fetch Metadata decides
 * where it is sent; else the Origin header (RFC 6454); a request with neither is taken for foreign.
 */
export function isForeign(head: RequestHead, origin: string): boolean {
  if (head.secFetchSite !== undefined) return head.secFetchSite !== 'same-origin'
  return head.origin !== origin
}

/** @throws {TypeError} for what is not a bare http or https origin */
export function checkOrigin(origin: unknown): string {
  const url = typeof origin === 'string' && URL.canParse(origin) ? new URL(origin) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.origin === origin) return origin
  throw new TypeError(
    `origin must be a scheme, a host and a port if it is unusual, without a slash at the end, such as https://app.example; it is ${origin}`,
  )
}
