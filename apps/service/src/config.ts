import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { type Grants, parseGrants } from './oauth/grants.ts'
import {
  type KeyEncryptionKeys,
  parseKeyEncryptionKeys,
  readKeyFile,
} from './oauth/key-encryption-key.ts'

/** What the environment decides. */
export interface Config {
  /** 0: any free port. */
  readonly port: number
  readonly host: string
  /** `undefined`: `http://localhost:PORT`, with the port that was really bound. */
  readonly origin: string | undefined
  /** `undefined`: the session cookie is for the host of `origin` alone. */
  readonly dangerouslySharedCookieDomain: string | undefined
  readonly database: DatabaseAddress
  /** Of a Valkey or Redis that holds the sessions; `undefined`: they are beside the users. */
  readonly sessionStoreUrl: string | undefined
  /** For how long a kept session counts after a loss of the feed. 0: sessions are not kept. */
  readonly cacheLeaseSeconds: number
  readonly setupCode: string | undefined
  readonly signUp: SignUpPolicy
  /** How many proxies in a row append to `X-Forwarded-For`. 0: the header is not looked at. */
  readonly trustedProxyHops: number
  readonly auditRetentionDays: number
  /** What access tokens are for. None: there are no access tokens, and no OAuth endpoints. */
  readonly audiences: Grants
  /** `undefined`: the one in the file beside the SQLite database. */
  readonly keyEncryptionKeys: KeyEncryptionKeys | undefined
}

/** Where the users are. A URL holds a password, so it is not to be shown or logged. */
export type DatabaseAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres' | 'mysql'; readonly url: string }

export type SignUpPolicy = 'open' | 'invite' | 'closed'
export type Environment = Readonly<Record<string, string | undefined>>

/** Everything that is wrong with the environment at once, in words for whoever set it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/**
 * An empty variable counts as one that is not set.
 * @throws {ConfigError} naming each bad variable and what it may be
 */
export function readConfig(environment: Environment): Config {
  const problems: string[] = []
  function read<Value>(name: string, standard: Value, parse: (text: string) => Value): Value {
    const text = environment[name]
    if (text === undefined || text === '') return standard
    try {
      return parse(text)
    } catch (error) {
      problems.push(`${name} ${(error as Error).message}`)
      return standard
    }
  }

  const config: Config = {
    port: read('PORT', 3000, integer(0, 65_535)),
    host: read('HOST', '127.0.0.1', host),
    origin: read<string | undefined>('ORIGIN', undefined, origin),
    dangerouslySharedCookieDomain: environment[sharedCookieVariable] || undefined,
    database: read<DatabaseAddress>('DATABASE_URL', standardDatabase, database),
    sessionStoreUrl: read<string | undefined>('SESSION_STORE_URL', undefined, sessionStoreUrl),
    cacheLeaseSeconds: read('CACHE_LEASE_SECONDS', 0, cacheLease),
    setupCode: read<string | undefined>('ADMIN_SETUP_CODE', undefined, setupCode),
    signUp: read<SignUpPolicy>('SIGN_UP', 'open', signUp),
    trustedProxyHops: read('TRUST_PROXY_HOPS', 0, integer(0, 10)),
    auditRetentionDays: read('AUDIT_RETENTION_DAYS', 365, integer(1, 36_500)),
    audiences: read<Grants>('AUDIENCES', {}, parseGrants),
    keyEncryptionKeys:
      read<KeyEncryptionKeys | undefined>(
        'KEY_ENCRYPTION_KEY',
        undefined,
        parseKeyEncryptionKeys,
      ) ?? read<KeyEncryptionKeys | undefined>('KEY_ENCRYPTION_KEY_FILE', undefined, keyFile),
  }
  if (needsKey(config) && !environment.KEY_ENCRYPTION_KEY && !environment.KEY_ENCRYPTION_KEY_FILE) {
    problems.push(
      'AUDIENCES is set and the database is on a server, so KEY_ENCRYPTION_KEY or KEY_ENCRYPTION_KEY_FILE must be set too: it encrypts the keys that sign access tokens, and every process needs the same one',
    )
  }
  if (!environment.ORIGIN && !isLoopback(config.host)) {
    problems.push(
      `HOST=${config.host} lets other machines connect, so ORIGIN must be set: to the https origin that browsers see, such as ORIGIN=https://auth.example, with TLS ended by a proxy in front; or to ORIGIN=http://localhost:${config.port} if only browsers on this machine will use it`,
    )
  }
  const sharing = sharingProblem(config)
  if (sharing !== undefined) problems.push(`${sharedCookieVariable} ${sharing}`)
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.freeze(config)
}

function needsKey({ audiences, database }: Config): boolean {
  return Object.keys(audiences).length > 0 && database.kind !== 'sqlite'
}

function keyFile(path: string): KeyEncryptionKeys {
  try {
    return readKeyFile(path)
  } catch (error) {
    throw new Error(`names a file that cannot be used: ${(error as Error).message}`)
  }
}

function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new Error(`must be a whole number from ${least} to ${most}; it is ${quote(text)}`)
  }
}

function cacheLease(text: string): number {
  if (text === '0') return 0
  try {
    return integer(2, 300)(text)
  } catch {
    throw new Error(`must be 0, or a whole number from 2 to 300; it is ${quote(text)}`)
  }
}

function host(text: string): string {
  if (isIP(text) !== 0 || /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(text)) return text
  throw new Error(`must be an IP address or a host name to listen on; it is ${quote(text)}`)
}

function origin(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== text) {
    throw new Error(
      `must be a scheme, a host and a port if it is unusual, without a path or a slash at the end, such as https://auth.example; it is ${quote(text)}`,
    )
  }
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[|\]$/g, ''))) {
    throw new Error(
      `must begin with https:// unless it is on localhost, or anybody on the network could read session cookies; it is ${quote(text)}`,
    )
  }
  return text
}

const sharedCookieVariable = 'DANGEROUSLY_SHARED_COOKIE_DOMAIN'

/** The shape is the same that `cookie.dangerouslySharedDomain` has. */
function sharingProblem({ origin, dangerouslySharedCookieDomain: domain }: Config) {
  if (domain === undefined) return undefined
  const { protocol, hostname } = new URL(origin ?? 'http://localhost')
  const isAround = hostname === domain || hostname.endsWith(`.${domain}`)
  if (protocol === 'https:' && isAround && /\.[a-z][a-z0-9-]*$/.test(domain)) return undefined
  return `must be a lower-case domain that the host of ORIGIN is in, which must be https, such as example.com for ORIGIN=https://auth.example.com; it is ${quote(domain)}`
}

const standardDatabase: DatabaseAddress = {
  kind: 'sqlite',
  path: resolve('data/cloakroom.sqlite'),
}

const serverKinds: ReadonlyMap<string, 'postgres' | 'mysql'> = new Map([
  ['postgres', 'postgres'],
  ['postgresql', 'postgres'],
  ['mysql', 'mysql'],
  ['mariadb', 'mysql'],
])

// Never says what it is beyond its scheme: there is a password in it.
function database(text: string): DatabaseAddress {
  const [, scheme = 'file', rest = text] = /^([a-z][a-z0-9+.-]+):(.*)$/i.exec(text) ?? []
  if (/^(?:sqlite|file)$/i.test(scheme)) return { kind: 'sqlite', path: sqlitePath(rest) }
  const kind = serverKinds.get(scheme.toLowerCase())
  if (kind === undefined) {
    throw new Error(
      `must name an SQLite file, such as sqlite:data/cloakroom.sqlite, or a database on a server, such as postgres://…, mysql://… or mariadb://…; its scheme is ${quote(scheme)}`,
    )
  }
  if (!URL.canParse(text) || new URL(text).pathname.length < 2) {
    throw new Error(
      `must name a database on a server: ${scheme}://user:password@host:port/database, with special characters in the password percent-encoded`,
    )
  }
  return { kind, url: text }
}

function sqlitePath(text: string): string {
  const path = text.replace(/^\/\/(?=\/)/, '')
  if (path === '' || path.startsWith('//') || path.startsWith(':') || path.includes('\0')) {
    throw new Error(
      'must name an SQLite file: sqlite:relative/path, sqlite:/absolute/path, file:/absolute/path, or only the path. A database in memory would forget everybody at the next start',
    )
  }
  return resolve(path)
}

function sessionStoreUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^(?:valkeys?|rediss?):$/.test(url.protocol) && url.hostname !== '') return text
  throw new Error(
    'must name a Valkey or Redis: valkey://host:port, or valkeys:// with TLS; redis:// and rediss:// mean the same. A user and a password go before the host, percent-encoded: valkeys://user:password@host',
  )
}

// Never says what it is.
function setupCode(text: string): string {
  if ([...text].length > 20 && [...text].length <= 200 && text.trim() === text) return text
  throw new Error(
    'must be longer than 20 characters and at most 200, without white space around it: whoever has it becomes administrator. Make one with: openssl rand -base64 24',
  )
}

function signUp(text: string): SignUpPolicy {
  if (text === 'open' || text === 'invite' || text === 'closed') return text
  throw new Error(`must be open, invite or closed; it is ${quote(text)}`)
}

export function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    (isIP(host) === 4 && host.startsWith('127.'))
  )
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}
