import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  createPostgresData,
  type PostgresData,
  type PostgresOptions,
  superuser,
} from './postgres-data.ts'
import { PrivateServer } from './private-server.ts'
import { runCommand } from './run-command.ts'

/** Starts a PostgreSQL of one's own, with the user `cloakroom`, who may do everything. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PrivateServer> {
  return await runPostgres(await createPostgresData(options))
}

export async function runPostgres(data: PostgresData): Promise<PrivateServer> {
  const { folder, path, programs, port, password } = data
  const version = await runCommand(programs('postgres', ['--version']))
  return await PrivateServer.start({
    server: { name: 'PostgreSQL', version: /[\d.]+/.exec(version)?.[0] ?? '' },
    port,
    url: `postgres://${superuser}:${password}@127.0.0.1:${port}/postgres`,
    folder,
    program: programs('postgres', ['-D', path, '-p', String(port)]),
    signals: { shutDown: 'SIGINT', stop: 'SIGQUIT' },
    isReady: (pid) => isReady(path, pid),
    cleanUp: () => removeSharedMemory(path),
  })
}

// What pg_ctl looks at, too: an answer on the port may be "the database system is starting up".
function isReady(path: string, pid: number): boolean {
  const lines = readStatus(path)
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

// The small segment by which it would notice a second start on the same data: a kill leaves it.
function removeSharedMemory(path: string): void {
  const [, id] = readStatus(path)[6]?.trim().split(/ +/) ?? []
  if (id !== undefined) spawnSync('ipcrm', ['--shmem-id', id])
}

/** Empty while it does not run, unless it was killed. */
function readStatus(path: string): string[] {
  try {
    return readFileSync(join(path, 'postmaster.pid'), 'latin1').split('\n')
  } catch {
    return []
  }
}
