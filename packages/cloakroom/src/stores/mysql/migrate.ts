import { createHash } from 'node:crypto'
import type { Migrated } from '../../core/store.ts'
import { checkSchema, isMade } from './check-schema.ts'
import type { Connection } from './driver.ts'
import { unavailable } from './failure.ts'
import { type FeedSchema, installFeed } from './feed/install-feed.ts'
import {
  type LocatedSchema,
  type SchemaOptions,
  schemaStatements,
  schemaVersion,
} from './schema.ts'

/** The statements that bring the tables up to date, to be run as `options` say; none if they are. */
export async function pendingStatements(
  connection: Connection,
  schema: LocatedSchema,
  options: SchemaOptions = schema,
): Promise<string[]> {
  if (!(await isMade(connection, schema))) return schemaStatements(options)
  await checkSchema(connection, schema)
  return []
}

const lockTimeoutSeconds = 30

/**
 * Makes the tables, and what the feed needs, if they are not there. Of several processes at once, one does. Each statement
 * commits by itself, and does nothing when it is repeated: what was interrupted can be gone on with.
 */
export async function migrateSchema(
  connection: Connection,
  schema: LocatedSchema,
  feed: FeedSchema | undefined,
): Promise<Migrated> {
  // Tables that a transaction has read cannot be altered by others, for whom it would be waiting.
  await connection.command('commit')
  const lock = lockName(schema)
  const [row] = await connection.rows(`select get_lock(?, ${lockTimeoutSeconds})`, [lock])
  if (row?.[0] !== 1) throw unavailable('Another process is migrating, and does not come to an end')
  try {
    const pending = await pendingStatements(connection, schema)
    for (const statement of pending) await connection.run(statement)
    if (feed !== undefined) await installFeed(connection, feed)
    return { from: pending.length === 0 ? schemaVersion : 0, to: schemaVersion }
  } finally {
    await connection.rows('select release_lock(?)', [lock]).catch(() => connection.destroy())
  }
}

// At most 64 characters.
function lockName({ database, prefix }: LocatedSchema): string {
  return `cloakroom ${createHash('sha1').update(`${database}\0${prefix}`).digest('hex')}`
}
