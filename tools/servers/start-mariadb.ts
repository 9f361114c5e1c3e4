import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'
import { requireSystemPackage } from '../system-packages.ts'
import { choosePort } from './choose-port.ts'
import { PrivateServer } from './private-server.ts'
import { runCommand } from './run-command.ts'
import { makeServerFolder } from './server-folder.ts'

export interface MariadbOptions {
  /** Every commit reaches a real disk, for tests that kill it; otherwise it is all in memory. */
  readonly durable?: boolean
  /** `max_connections`; 200 unless told. */
  readonly maxConnections?: number
  /** More of the server's options, as in `{ 'transaction-isolation': 'READ-COMMITTED' }`. */
  readonly settings?: MariadbSettings
}

export type MariadbSettings = Readonly<Record<string, string | number>>

/** Starts a MariaDB of one's own: the user `cloakroom`, who may do everything, and a database. */
export async function startMariadb(options: MariadbOptions = {}): Promise<PrivateServer> {
  const { durable = false, maxConnections = 200, settings } = options
  const path = requireSystemPackage('mariadb')
  const folder = makeServerFolder('mariadb', { durable })
  const version = await runCommand({ path, args: ['--version'] })
  const [port, password] = [await choosePort(), randomBytes(16).toString('hex')]
  const files = { datadir: join(folder.path, 'data'), 'innodb-log-file-size': '16M' }
  const installation = { ...files, 'auth-root-authentication-method': 'normal' }
  await runCommand({ path: 'mariadb-install-db', args: formatSettings(installation) })
  return await PrivateServer.start({
    server: { name: 'MariaDB', version: /[\d.]+(?=-MariaDB)/.exec(version)?.[0] ?? '' },
    port,
    url: `mysql://cloakroom:${password}@127.0.0.1:${port}/cloakroom`,
    folder,
    program: {
      path,
      args: formatSettings({
        ...files,
        ...(durable ? {} : { 'innodb-flush-log-at-trx-commit': 0, 'innodb-doublewrite': 0 }),
        'bind-address': '127.0.0.1',
        port,
        socket: join(folder.path, 'socket'),
        'pid-file': join(folder.path, 'pid'),
        'init-file': folder.write('start.sql', startStatements(password)),
        'skip-name-resolve': 1,
        'max-connections': maxConnections,
        'character-set-server': 'utf8mb4',
        'default-time-zone': '+00:00',
        // In a shared one a server that starts deletes what others have there.
        tmpdir: folder.path,
        ...settings,
      }),
    },
    signals: { shutDown: 'SIGTERM', stop: 'SIGKILL' },
    isReady: () => isReady(port),
  })
}

function formatSettings(settings: MariadbSettings): string[] {
  // The system's own server has its settings in files that do not concern this one.
  const pairs = Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
  return ['--no-defaults', ...pairs]
}

// Run at every start, before anybody can connect.
function startStatements(password: string): string {
  return [
    "delete from mysql.global_priv where user in ('', 'root');",
    'flush privileges;',
    `create or replace user cloakroom@'127.0.0.1' identified by '${password}';`,
    "grant all on *.* to cloakroom@'127.0.0.1' with grant option;",
    'create database if not exists cloakroom;',
  ].join('\n')
}

/** Whether it says hello: in version 10 of its protocol, rather than with an error. */
async function isReady(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', timeout: 1000 })
  socket.once('timeout', () => socket.destroy())
  try {
    for await (const chunk of socket) return (chunk as Buffer)[4] === 10
    return false
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
