import {
  configurePostgres,
  copyPostgresData,
  createPostgresData,
  type PostgresOptions,
  superuser,
} from './postgres-data.ts'
import type { PrivateServer } from './private-server.ts'
import { queryPostgres } from './query-postgres.ts'
import { runPostgres } from './start-postgres.ts'
import { waitUntil } from './wait-until.ts'

export interface ReplicatedPostgres {
  readonly primary: PrivateServer
  /** Follows the primary, by the name of `standby`, and answers reads. */
  readonly standby: PrivateServer
  /** Stops both. */
  stop(): Promise<void>
}

export interface ReplicatedPostgresOptions extends PostgresOptions {
  /** Whether commits wait for the standby, as `synchronous_commit` says; they do not unless told. */
  readonly synchronous?: boolean
}

const standbyName = 'standby'

/** Starts a primary and a streaming replica of it. */
export async function startReplicatedPostgres(
  options: ReplicatedPostgresOptions = {},
): Promise<ReplicatedPostgres> {
  const data = await createPostgresData(options)
  // What has never run can simply be copied: no backup is needed.
  const copy = await copyPostgresData(data, options)
  configurePostgres(copy, {
    primary_conninfo: `host=127.0.0.1 port=${data.port} user=${superuser} password=${data.password} application_name=${standbyName}`,
    primary_slot_name: standbyName,
    // How long it waits before it asks a primary again that was away.
    wal_retrieve_retry_interval: '100ms',
  })
  copy.folder.write('data/standby.signal', '')
  const primary = await runPostgres(data)
  const createSlot = `select pg_create_physical_replication_slot('${standbyName}', true)`
  await queryPostgres(primary.url, createSlot)
  const standby = await runPostgres(copy)
  await waitUntil('the standby follows', () => follows(primary.url, 'async'))
  if (options.synchronous === true) await makeSynchronous(primary.url)
  return {
    primary,
    standby,
    async stop() {
      await Promise.all([primary.stop(), standby.stop()])
    },
  }
}

async function makeSynchronous(url: string): Promise<void> {
  await queryPostgres(url, `alter system set synchronous_standby_names = '${standbyName}'`)
  await queryPostgres(url, 'select pg_reload_conf()')
  await waitUntil('the standby is synchronous', () => follows(url, 'sync'))
}

async function follows(url: string, syncState: string): Promise<boolean> {
  const sql = 'select state, sync_state from pg_stat_replication'
  const rows = await queryPostgres<{ state: string; sync_state: string }>(url, sql)
  return rows.some(({ state, sync_state }) => state === 'streaming' && sync_state === syncState)
}
