// A PostgreSQL that does not run yet: a folder with the data of a new one, and a port.
import { randomBytes } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { choosePort } from './choose-port.ts'
import { type PostgresPrograms, preparePostgres } from './postgres-programs.ts'
import { runCommand } from './run-command.ts'
import { makeServerFolder, type ServerFolder } from './server-folder.ts'

export interface PostgresOptions {
  /** Every commit reaches a real disk, for tests that kill it; otherwise it is all in memory. */
  readonly durable?: boolean
  /** `max_connections`; 200 unless told. */
  readonly maxConnections?: number
  /** More of postgresql.conf, which `alter system` can change later. */
  readonly settings?: PostgresSettings
}

export type PostgresSettings = Readonly<Record<string, string | number>>

export interface PostgresData {
  readonly folder: ServerFolder
  readonly path: string
  readonly programs: PostgresPrograms
  readonly port: number
  /** Of the superuser. */
  readonly password: string
}

export const superuser = 'cloakroom'

export async function createPostgresData(options: PostgresOptions): Promise<PostgresData> {
  const { durable = false, maxConnections = 200, settings = {} } = options
  const data = await prepareData(durable, randomBytes(16).toString('hex'))
  const passwordFile = data.folder.write('password', data.password)
  const args = ['-D', data.path, '--pwfile', passwordFile, ...initArguments]
  await runCommand(data.programs('initdb', args))
  configurePostgres(data, {
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: maxConnections,
    // In the data's folder, so that a kill leaves nothing elsewhere.
    dynamic_shared_memory_type: 'mmap',
    timezone: 'UTC',
    ...settings,
  })
  return data
}

const initArguments = [
  ['--username', superuser],
  ['--encoding', 'UTF8'],
  ['--locale', 'C.UTF-8'],
  ['--auth', 'scram-sha-256'],
  // A random password gains nothing from a slow hash, and every connection would pay for it.
  ['--set', 'scram_iterations=1'],
  ['--no-sync'],
].flat()

/** A copy, in a folder of its own and for a port of its own, of what does not run. */
export async function copyPostgresData(
  original: PostgresData,
  { durable = false }: Pick<PostgresOptions, 'durable'>,
): Promise<PostgresData> {
  const copy = await prepareData(durable, original.password)
  await runCommand({ path: 'cp', args: ['-a', original.path, copy.path] })
  return copy
}

/** Appends to postgresql.conf, where the last word counts. */
export function configurePostgres({ path }: PostgresData, settings: PostgresSettings): void {
  const lines = Object.entries(settings).map(
    ([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`,
  )
  appendFileSync(join(path, 'postgresql.conf'), lines.join(''))
}

async function prepareData(durable: boolean, password: string): Promise<PostgresData> {
  const folder = makeServerFolder('postgres', { durable })
  const programs = await preparePostgres(folder.path)
  const port = await choosePort()
  return { folder, path: join(folder.path, 'data'), programs, port, password }
}
