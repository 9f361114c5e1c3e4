import type { UsersTable } from '../../core/user.ts'
import type { SqlDialect } from '../sql/dialect.ts'
import { type UsersJoin, usersJoin } from '../sql/users-join.ts'
import { checkServer, findSchema } from './check-server.ts'
import { checkUsersTable } from './check-users-table.ts'
import type { Query } from './connection.ts'
import { postgresDialect } from './dialect.ts'
import { checkFeed } from './feed/check-feed.ts'
import { columnType, type Schema, tableName } from './schema.ts'
import type { Tables } from './tables.ts'
import { verifyFunctionSql } from './verify-function.ts'

interface SchemaSettings {
  readonly schema?: string
  readonly prefix?: string
  readonly verifyFunction?: boolean
  readonly feed?: unknown
}

interface PreparedSchema {
  readonly schema: Schema
  readonly tables: Tables
  readonly users: UsersJoin
  readonly dialect: SqlDialect
}

/**
 * Checks everything that could later surprise, before a table is made, and finds out what the
 * statements depend on.
 * @throws {CloakroomError} `schema_mismatch`, `store_unavailable`
 */
export async function prepareSchema(
  query: Query,
  users: UsersTable,
  { schema: wanted, prefix = 'cloakroom_', verifyFunction = true, feed = false }: SchemaSettings,
): Promise<PreparedSchema> {
  await checkServer(query)
  const schema = await findSchema(query, wanted, `${prefix}state`)
  const { name: usersTable, id } = await checkUsersTable(query, users)
  if (feed !== false) await checkFeed(query, usersTable)
  const place = { schema, prefix }
  const dialect = postgresDialect(usersTable, id.type)
  const tables: Tables = {
    sessions: tableName(place, 'sessions'),
    userStates: tableName(place, 'user_states'),
    state: tableName(place, 'state'),
    signingKeys: tableName(place, 'signing_keys'),
    usersTable,
    // An integer beyond the column's range is nobody's id, and no error.
    userIdType: isInteger(id.type) ? 'bigint' : id.typeName,
  }
  // It selects nothing of the users table, and so does not change with what is selected.
  const { select: _, ...owners } = users
  const functionSql = verifyFunctionSql({
    functionName: tableName(place, 'verify'),
    rowTypeName: tableName(place, 'verified_session'),
    tables,
    users: usersJoin(owners, dialect),
    userIdType: columnType(id),
    dialect,
  })
  const join = usersJoin(users, dialect)
  const { column = 'id' } = users.id
  const feedUsers = {
    table: usersTable,
    id: column,
    derived: join.derived,
  }
  return {
    schema: {
      ...place,
      userId: id,
      verifyFunction: verifyFunction ? functionSql : undefined,
      feed: feed === false ? undefined : { ...place, ...tables, users: feedUsers },
    },
    tables,
    users: join,
    dialect,
  }
}

function isInteger(type: string): boolean {
  return /^int\d$/.test(type)
}
