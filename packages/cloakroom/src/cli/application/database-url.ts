import { CommandError } from '../command-error.ts'

export type DatabaseKind = 'sqlite' | 'postgres' | 'mysql' | 'valkey'

export interface DatabaseUrl {
  readonly kind: DatabaseKind
  /** As the driver takes it; of SQLite the path of the file. */
  readonly location: string
  /** For people: without password, without parameters. */
  readonly name: string
  readonly hasPassword: boolean
}

/** Schemes, and what the drivers call them. */
const schemes: Readonly<Record<string, { kind: DatabaseKind; scheme: string }>> = {
  sqlite: { kind: 'sqlite', scheme: '' },
  file: { kind: 'sqlite', scheme: '' },
  postgres: { kind: 'postgres', scheme: 'postgres' },
  postgresql: { kind: 'postgres', scheme: 'postgres' },
  mysql: { kind: 'mysql', scheme: 'mysql' },
  mariadb: { kind: 'mysql', scheme: 'mysql' },
  redis: { kind: 'valkey', scheme: 'redis' },
  rediss: { kind: 'valkey', scheme: 'rediss' },
  valkey: { kind: 'valkey', scheme: 'redis' },
  valkeys: { kind: 'valkey', scheme: 'rediss' },
}

/** @throws {CommandError} `usage`, without the URL, which may hold a password */
export function parseDatabaseUrl(text: string): DatabaseUrl {
  // One letter is a drive of Windows.
  const [, typed, rest = ''] = /^([a-z][a-z0-9+.-]+):(.*)$/is.exec(text) ?? []
  const known = typed === undefined ? schemes.sqlite : schemes[typed.toLowerCase()]
  if (known === undefined) {
    throw new CommandError(
      'usage',
      `Unknown kind of database; it may be a file, or begin with ${Object.keys(schemes).join(':, ')}:`,
    )
  }
  const { kind, scheme } = known
  if (kind === 'sqlite') return sqliteFile(typed === undefined ? text : rest)
  const location = `${scheme}:${rest}`
  if (!rest.startsWith('//') || !URL.canParse(location)) {
    throw new CommandError(
      'usage',
      `The database must be a URL such as ${scheme}://user:password@host/name; special characters in user and password are percent-encoded`,
    )
  }
  const { username, host, pathname, password, search, hash, searchParams } = new URL(location)
  // Of `user:12/34@host` the host would be `user`, and the rest a path that messages show.
  if (`${pathname}${search}${hash}`.includes('@')) {
    throw new CommandError(
      'usage',
      'The URL of the database has an @ after its host: percent-encode / ? # in user and password (%2F %3F %23), and @ in all that follows the host (%40)',
    )
  }
  const user = username === '' ? '' : `${username}@`
  return {
    kind,
    location,
    name: `${typed}://${user}${host}${pathname === '/' ? '' : pathname}`,
    hasPassword: password !== '' || searchParams.has('password'),
  }
}

// As SQLite itself reads it: file:///path is an absolute one.
function sqliteFile(text: string): DatabaseUrl {
  const location = text.replace(/^\/\/(?=\/)/, '')
  return { kind: 'sqlite', location, name: location, hasPassword: false }
}
