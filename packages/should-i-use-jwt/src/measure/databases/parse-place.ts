import { MeasureError } from '../measure-error.ts'
import type { DatabasePlace } from './database.ts'

type Place = Pick<DatabasePlace, 'kind' | 'location'>

const schemes: Readonly<Record<string, [DatabasePlace['kind'], string]>> = {
  'postgres:': ['postgres', 'postgres:'],
  'postgresql:': ['postgres', 'postgres:'],
  'mysql:': ['mysql', 'mysql:'],
  'mariadb:': ['mysql', 'mysql:'],
}

/** A path is a SQLite file. @throws {MeasureError} `usage`, without the URL, which may hold a password */
export function parseDatabase(text: string): Place {
  const scheme = /^[a-z][a-z0-9+.-]+:/i.exec(text)?.[0].toLowerCase()
  if (scheme === undefined || scheme === 'file:' || scheme === 'sqlite:') {
    return { kind: 'sqlite', location: text.replace(/^(?:file|sqlite):(?:\/\/(?=\/))?/i, '') }
  }
  const [kind, driverScheme] = schemes[scheme] ?? []
  const location = `${driverScheme}${text.slice(scheme.length)}`
  if (kind === undefined || !URL.canParse(location)) {
    throw new MeasureError(
      'usage',
      '--database takes postgres://user:password@host/name, mysql://… or the path of a SQLite file',
    )
  }
  return { kind, location }
}

/** @throws {MeasureError} `usage` */
export function parseValkey(text: string): string {
  if (/^(?:valkey|redis)s?:\/\//i.test(text) && URL.canParse(text)) return text
  throw new MeasureError('usage', '--valkey takes valkey://host:port or redis://host:port')
}

/** For people: without the password. */
export function describePlace({ kind, location }: Place): string {
  if (kind === 'sqlite') return location
  return describeUrl(location)
}

export function describeUrl(text: string): string {
  const { protocol, username, host, pathname } = new URL(text)
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`
}
