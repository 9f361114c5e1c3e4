import { checkUsers } from '../../core/check-users.ts'
import type { StoreFactory } from '../../core/store.ts'
import type { UserIdType, Users } from '../../core/user.ts'
import { CommandError } from '../command-error.ts'
import type { OptionName, OptionValues } from '../command-options.ts'
import type { Application } from './application.ts'
import { connectMysql } from './connect-mysql.ts'
import { connectPostgres } from './connect-postgres.ts'
import { connectSqlite } from './connect-sqlite.ts'
import { connectValkey } from './connect-valkey.ts'
import type { Connecting } from './connecting.ts'
import type { DatabaseKind, DatabaseUrl } from './database-url.ts'

interface Kind {
  readonly connect: (connecting: Connecting) => Promise<StoreFactory<never>>
  readonly toUsers: (options: OptionValues) => Users
  /** Options that mean nothing to it. */
  readonly without: readonly OptionName[]
}

const kinds: Readonly<Record<DatabaseKind, Kind>> = {
  sqlite: { connect: connectSqlite, toUsers: usersTable, without: ['schema', 'feed'] },
  mysql: { connect: connectMysql, toUsers: usersTable, without: [] },
  postgres: { connect: connectPostgres, toUsers: usersTable, without: [] },
  valkey: {
    connect: connectValkey,
    toUsers: everyUser,
    without: ['users-table', 'id-column', 'active', 'schema', 'feed'],
  },
}

/** @throws {CommandError} `usage`, `config` */
export async function applicationOfUrl(
  { kind, location, name }: DatabaseUrl,
  options: OptionValues,
  directory: string,
): Promise<Application> {
  const { connect, toUsers, without } = kinds[kind]
  const stranger = without.find((option) => options[option] !== undefined)
  if (stranger !== undefined) throw usage(`--${stranger} means nothing to this kind of database`)
  if (options['id-type'] === undefined) {
    throw usage('With a database URL, say --id-type: text, uuid, integer or bigint')
  }
  try {
    const users = toUsers(options)
    const userIdType = checkUsers(users)
    // Of the kind of `users` that `toUsers` makes.
    const store = (await connect({
      location,
      naming: namingOf(options),
      feed: options.feed === true,
      directory,
    })) as StoreFactory
    return { name, store, users, userIdType, policy: undefined, clock: Date.now }
  } catch (error) {
    throw error instanceof TypeError ? usage(asTyped(error.message), error) : error
  }
}

function namingOf({ prefix, schema }: OptionValues): Connecting['naming'] {
  return { ...(prefix !== undefined && { prefix }), ...(schema !== undefined && { schema }) }
}

function usersTable({ active, ...options }: OptionValues): Users {
  return {
    table: options['users-table'] ?? 'users',
    id: { column: options['id-column'] ?? 'id', type: idType(options) },
    ...(active !== undefined && { active }),
  }
}

/** Where there is no table to look into, whoever is asked about is a user. */
function everyUser(options: OptionValues): Users {
  return { idType: idType(options), load: (id) => ({ id }) }
}

// `checkUsers` refuses what is none.
function idType(options: OptionValues): UserIdType {
  return options['id-type'] as UserIdType
}

/** The library names its options; here they were typed. */
function asTyped(message: string): string {
  return message
    .replace(/^users\.id\.?type/i, '--id-type')
    .replace(/^users\.id\.column/, '--id-column')
    .replace(/^users\.table/, '--users-table')
    .replace(/^users\.active/, '--active')
}

function usage(message: string, cause?: unknown): CommandError {
  return new CommandError('usage', message, { cause })
}
