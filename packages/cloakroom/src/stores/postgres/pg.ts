import { createHash } from 'node:crypto'
import { type Attempt, type Driver, limits, type Texts, within } from './driver.ts'
import { isOfStatement, unavailable } from './failure.ts'
import { parseValue, type Row } from './values.ts'

/** The part of a `Pool` of `pg` that is used. */
export interface PgPool {
  readonly totalCount: number
  connect(
    callback: (error: Error | undefined, client: PgClient | undefined, done: never) => void,
  ): void
  /** These three are for a feed, and its connection. */
  readonly ending?: boolean
  readonly options?: unknown
  readonly Client?: new (options: unknown) => PgListeningClient
}

export interface PgListeningClient {
  /** Of the process that the server said will serve this connection. */
  readonly processID?: number | null
  /** Absent in the client that is made of libpq. */
  readonly connection?: { readonly stream: { destroy(): void } }
  connect(): Promise<unknown>
  query(statement: PgStatement): Promise<unknown>
  on(event: 'notification', listener: (notice: { payload?: string }) => void): unknown
  on(event: 'error' | 'end', listener: (error?: unknown) => void): unknown
  end(): Promise<void>
}

export interface PgClient {
  query(statement: PgStatement): Promise<unknown>
  on(event: 'error' | 'notice', listener: PgListener): unknown
  removeListener(event: 'error' | 'notice', listener: PgListener): unknown
  release(error?: Error | boolean): void
}

export type PgListener = (event: { code?: string | undefined }) => void

export interface PgStatement {
  readonly text: string
  readonly name?: string
  readonly values?: (string | null)[]
  readonly rowMode: 'array'
  readonly types: { getTypeParser(type: number): (text: string) => unknown }
}

export function connectPg(pool: PgPool): Driver {
  return {
    query: (sql, values, attempt) =>
      use(pool, attempt, (client) => execute(client, sql, values, attempt)),

    transact: (work, attempt) =>
      use(pool, attempt, async (client) => {
        await run(client, `begin isolation level read committed read write; ${limits(attempt)}`)
        try {
          const result = await work((sql, values) => execute(client, sql, values, attempt))
          await run(client, 'commit')
          return result
        } catch (error) {
          await run(client, 'rollback').catch(() => undefined)
          throw error
        }
      }),

    awaitStandbys: (attempt) =>
      use(pool, attempt, async (client) => {
        const [row] = await execute(client, standbyNames, [], attempt)
        if (row?.[0] === '') {
          throw unavailable(
            'The revocation is made, but there is no standby to wait for: synchronous_standby_names is empty.',
          )
        }
        let wasCutShort = false
        const onNotice: PgListener = ({ code }) => {
          if (code === warning) wasCutShort = true
        }
        client.on('notice', onNotice)
        try {
          await run(client, commitEverywhere)
        } finally {
          client.removeListener('notice', onNotice)
        }
        if (wasCutShort) {
          throw unavailable('The revocation is made, but the wait for its standbys was cut short.')
        }
      }),
  }
}

const standbyNames = `select current_setting('synchronous_standby_names')`
// A commit that waits hides what it commits for as long. So this one has nothing to hide.
const commitEverywhere = `begin; set local synchronous_commit = remote_apply;
  select pg_logical_emit_message(true, 'cloakroom', ''); commit`
const warning = '01000'

async function use<Result>(
  pool: PgPool,
  { deadline }: Attempt,
  work: (client: PgClient) => Promise<Result>,
): Promise<Result> {
  const client = await borrow(pool, deadline)
  let failure: Error | undefined
  try {
    return await within(deadline, work(client))
  } catch (error) {
    // With an error it is closed: what it waits for may never come.
    if (!isOfStatement(error)) failure = error as Error
    throw error
  } finally {
    giveBack(client, failure)
  }
}

async function borrow(pool: PgPool, deadline: number): Promise<PgClient> {
  const { promise, resolve, reject } = Promise.withResolvers<PgClient>()
  // A lost connection rejects what runs on it as well; without a listener it would end the process.
  // By callback, because a promise tells of the client a moment after it could have been lost.
  pool.connect((error, client) => {
    client?.on('error', ignore)
    if (client === undefined) reject(error)
    else resolve(client)
  })
  try {
    return await within(deadline, promise)
  } catch (error) {
    // One that comes too late is given back.
    promise.then(giveBack, ignore)
    throw error
  }
}

function giveBack(client: PgClient, failure?: Error): void {
  client.removeListener('error', ignore)
  client.release(failure)
}

function ignore(): void {}

function run(client: PgClient, sql: string): Promise<unknown> {
  return client.query({ text: sql, ...arrays })
}

async function execute(
  client: PgClient,
  sql: string,
  values: Texts,
  { prepared }: Attempt,
): Promise<Row[]> {
  const named = prepared && values.length > 0 ? { name: nameOf(sql) } : {}
  const result = await client.query({ text: sql, ...named, values: [...values], ...arrays })
  // Of several statements there are several results.
  return Array.isArray(result) ? [] : (result as { rows: Row[] }).rows
}

/** Rows as arrays, by the rules of this store and not by the application's. */
export const arrays: Pick<PgStatement, 'rowMode' | 'types'> = {
  rowMode: 'array',
  types: { getTypeParser: (type: number) => (text: string) => parseValue(type, text) },
}

const names = new Map<string, string>()

/** Of one statement the same in all processes: a pooler may lend them each other's connections. */
function nameOf(sql: string): string {
  const known = names.get(sql)
  if (known !== undefined) return known
  const name = `cloakroom_${createHash('sha256').update(sql).digest('hex').slice(0, 16)}`
  names.set(sql, name)
  return name
}
