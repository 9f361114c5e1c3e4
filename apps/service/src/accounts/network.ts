import { isIP, isIPv6 } from 'node:net'

/**
 * What counts as one address when attempts are counted: an IPv4 address; of IPv6 the first 64 bits,
 * because a single subscriber has at least those to choose from (RFC 6177). What has no address
 * shares one.
 */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined || isIP(ip) === 0) return 'unknown'
  if (!isIPv6(ip)) return ip
  const groups = expand(ip)
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff
  if (mapped)
    return groups
      .slice(6)
      .flatMap((group) => [group >> 8, group & 0xff])
      .join('.')
  return groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')
}

/** The eight groups of a valid IPv6 address. */
function expand(ip: string): number[] {
  const withoutZone = ip.replace(/%.*$/, '')
  const dotted = withoutZone.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...bytes) => {
    const [a, b, c, d] = bytes.slice(0, 4).map(Number) as [number, number, number, number]
    return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
  })
  const [head = '', tail] = dotted.split('::')
  const left = groupsOf(head)
  const right = tail === undefined ? [] : groupsOf(tail)
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right]
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
