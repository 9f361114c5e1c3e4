import { isIP } from 'node:net'

/**
 * The client's address: the socket's, unless proxies in front are trusted. Each of them appends the
 * address that it saw to `X-Forwarded-For`, so behind `hops` of them the client is that many from
 * the end; whatever stands before it, the client may have written itself (ASVS 4.1.3).
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  hops: number,
): string | undefined {
  const forwarded = hops === 0 ? undefined : forwardedFor?.split(',').at(-hops)
  return address(forwarded) ?? address(socketAddress)
}

/** Without port, brackets, zone and the prefix of an IPv4 address on an IPv6 socket. */
function address(text: string | undefined): string | undefined {
  const bare = text
    ?.trim()
    .replace(/^\[([^\]]+)\](?::\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/i, '')
  return bare !== undefined && isIP(bare) !== 0 ? bare : undefined
}
