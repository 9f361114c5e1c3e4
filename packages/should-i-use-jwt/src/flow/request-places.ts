// The parts of a request by the names that protocols and frameworks give them. Only asked about
// what was read from a parameter, never about a name that stands alone.
import type { RequestPlace } from './origin.ts'

// Ways from what a framework passes to the request itself, and to what it keeps beside it.
const passages = new Set([
  'req',
  'request',
  'raw',
  'ctx',
  'context',
  'res',
  'state',
  'locals',
  'data',
  'var',
  'url',
  'nextUrl',
  'connection',
  'upgradeReq',
  'extra',
  '0',
])

export interface RequestPart {
  readonly place: RequestPlace
  readonly name: string
  /** Nothing else is called so: it needs no further proof that this is a request. */
  readonly isCertain: boolean
}

export function withoutPassages(path: readonly string[]): readonly string[] {
  const start = path.findIndex((each) => !passages.has(each))
  return start === -1 ? [] : path.slice(start)
}

/** The part of a request that a path of members means, from a parameter on. */
export function requestPart(path: readonly string[]): RequestPart | undefined {
  const [first = '', ...rest] = withoutPassages(path)
  const name = rest.find((each) => each !== 'get' && each !== 'value') ?? ''
  switch (first.toLowerCase()) {
    case 'authorization':
      return { place: 'authorization', name: '', isCertain: true }
    case 'headers':
    case 'header':
      return headerPart(name.toLowerCase(), rest)
    case 'cookies':
    case 'signedcookies':
      return { place: 'cookie', name, isCertain: true }
    case 'cookie':
      return { place: 'cookie', name, isCertain: false }
    case 'handshake':
      return handshakePart(rest)
    case 'query':
    case 'querystring':
    case 'searchparams':
      return { place: 'query', name, isCertain: first === 'searchParams' }
    case 'params':
      return { place: 'path', name, isCertain: false }
    case 'body':
    case 'payload':
      return first === 'body' ? { place: 'body', name, isCertain: false } : undefined
    case 'session':
      return { place: 'session', name, isCertain: false }
    default:
      return /^[a-z]+(?:-[a-z]+)+$/i.test(first) ? headerPart(first.toLowerCase(), rest) : undefined
  }
}

function headerPart(name: string, rest: readonly string[]): RequestPart {
  if (name === 'authorization') return { place: 'authorization', name: '', isCertain: true }
  if (name === 'cookie') return { place: 'cookie', name: rest[1] ?? '', isCertain: true }
  return { place: 'header', name, isCertain: true }
}

function handshakePart(rest: readonly string[]): RequestPart | undefined {
  const [first, name = ''] = rest
  if (first === 'auth') return { place: 'handshake', name, isCertain: true }
  if (first === 'query') return { place: 'handshake-query', name, isCertain: true }
  return first === 'headers' ? headerPart(name.toLowerCase(), rest.slice(1)) : undefined
}
