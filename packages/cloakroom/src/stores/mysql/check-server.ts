import { CloakroomError } from '../../errors.ts'
import type { Connection } from './driver.ts'
import { unavailable } from './failure.ts'
import { guardExpression } from './transaction.ts'

export interface Server {
  /** The connection's own database. */
  readonly schema: string
  readonly guard: string
}

const charsets = ['client', 'connection', 'results'].map((name) => `@@character_set_${name}`)

/**
 * What kind of server it is, if Cloakroom can run on it.
 * @throws {CloakroomError} `schema_mismatch`, `store_unavailable`
 */
export async function checkServer(connection: Connection): Promise<Server> {
  const [row = []] = await connection.rows(`select version(), database(), ${charsets.join(', ')}`)
  const [version, schema, ...given] = row as [string, string | null, ...(string | null)[]]
  const guard = guardExpression(checkVersion(version))
  if (schema === null) throw mismatch("the pool's connections name no database of their own")
  for (const [index, charset] of given.entries()) {
    if (charset === 'utf8mb4') continue
    throw mismatch(
      `${charsets[index]} is ${charset}, which cannot hold every text; make the pool with charset: 'utf8mb4_bin', or without a charset`,
    )
  }
  const [[isWritable] = []] = await connection.rows(`select ${guard}`)
  if (isWritable === null) throw unavailable('MySQL is read-only here: is it a replica?')
  return { schema, guard }
}

/** Returns whether it is MariaDB. `skip locked` came with these versions. */
function checkVersion(version: string): boolean {
  const isMariadb = /mariadb/i.test(version)
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const isNewEnough = isMariadb ? major > 10 || (major === 10 && minor >= 6) : major >= 8
  if (isNewEnough) return isMariadb
  throw mismatch(`${version} is too old: Cloakroom needs MySQL 8.0 or MariaDB 10.6`)
}

function mismatch(what: string): CloakroomError {
  return new CloakroomError('schema_mismatch', `The database does not fit: ${what}.`)
}
