import { CloakroomError } from '../../../errors.ts'
import { quoteTable } from '../dialect.ts'
import type { Connection } from '../driver.ts'
import { isConflict, isRefusal, reasonIn } from '../failure.ts'
import type { LocatedSchema } from '../schema.ts'
import { changesTable, createChangesTable, tellEverybody } from './changes-table.ts'
import { createTrigger, type Trigger } from './triggers.ts'

export interface FeedSchema {
  readonly schema: LocatedSchema
  readonly triggers: readonly Trigger[]
}

/** The statements that make what is not there, or not as it should be; none if all is. */
export async function pendingFeedStatements(
  connection: Connection,
  { schema, triggers }: FeedSchema,
): Promise<string[]> {
  const statements: string[] = []
  for (const trigger of triggers) {
    const body = await readBody(connection, trigger)
    if (body === trigger.body) continue
    if (body !== undefined) statements.push(`drop trigger ${quotedName(trigger)}`)
    statements.push(createTrigger(trigger))
  }
  const hasTable = await isThere(connection, schema)
  if (statements.length === 0 && hasTable) return []
  // What changed before the triggers were complete, nobody has written down.
  return [createChangesTable(schema), ...statements, tellEverybody(schema)]
}

/**
 * @throws {CloakroomError} `schema_mismatch` where the account may not make triggers, or the table
 *   can have none
 */
export async function installFeed(connection: Connection, feed: FeedSchema): Promise<void> {
  for (const statement of await pendingFeedStatements(connection, feed)) {
    try {
      await connection.command(statement)
    } catch (cause) {
      if (!isRefusal(cause) || isConflict(cause)) throw cause
      throw refused(cause)
    }
  }
}

/** @throws {CloakroomError} `schema_mismatch` unless everything is there */
export async function checkFeed(connection: Connection, feed: FeedSchema): Promise<void> {
  const pending = await pendingFeedStatements(connection, feed)
  if (pending.length > 0) {
    throw new CloakroomError(
      'schema_mismatch',
      `The feed's table and triggers are not there, or not for these users options, or this account may not see them: it needs the privilege TRIGGER. Migrate with mysql(pool, { feed: true }): call migrate({ store, users }), or pass { migrate: true }.`,
    )
  }
  try {
    // Changes nothing, but would need what the clean-up needs.
    await connection.run(`delete from ${changesTable(feed.schema)} where id = 0`)
    await connection.run(
      `insert into ${changesTable(feed.schema)} (id) select 0 from dual where false`,
    )
  } catch (cause) {
    if (!isRefusal(cause)) throw cause
    throw new CloakroomError(
      'schema_mismatch',
      `The feed's table cannot be written${reasonIn(cause)}.`,
      { cause },
    )
  }
}

async function readBody(
  connection: Connection,
  { table, name, event }: Trigger,
): Promise<string | undefined> {
  const [row] = await connection.rows(
    `select action_statement, event_manipulation = ? and action_timing = 'AFTER'
      and event_object_schema = ? and event_object_table = ?
      from information_schema.triggers where trigger_schema = ? and trigger_name = ?`,
    [event.toUpperCase(), table.schema, table.table, table.schema, name],
  )
  if (row === undefined) return undefined
  const [body, isOurs] = row
  return isOurs === 1 ? String(body) : ''
}

async function isThere(
  connection: Connection,
  { prefix, database }: LocatedSchema,
): Promise<boolean> {
  const rows = await connection.rows(
    'select 1 from information_schema.tables where table_schema = ? and table_name = ?',
    [database, `${prefix}changes`],
  )
  return rows.length > 0
}

function quotedName({ table, name }: Trigger): string {
  return quoteTable({ schema: table.schema, table: name })
}

const needsSuper = 1419

function refused(cause: unknown): CloakroomError {
  const isLogging = (cause as { errno?: unknown }).errno === needsSuper
  const what = isLogging
    ? 'The server writes a binary log, and then lets only administrators make triggers. Migrate with an account that has the privilege SUPER, or have log_bin_trust_function_creators set to 1'
    : `The feed's table and triggers could not be made${reasonIn(cause)}`
  return new CloakroomError('schema_mismatch', `${what}.`, { cause })
}
