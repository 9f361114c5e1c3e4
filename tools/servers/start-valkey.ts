import { requireSystemPackage } from '../system-packages.ts'
import { askValkey } from './ask-valkey.ts'
import { choosePort } from './choose-port.ts'
import { PrivateServer, type ServerIdentity } from './private-server.ts'
import { runCommand } from './run-command.ts'
import { makeServerFolder } from './server-folder.ts'

export interface ValkeyOptions {
  /** Every write reaches a real disk before its reply; otherwise nothing is ever written. */
  readonly durable?: boolean
  /** More of valkey.conf, as in `{ 'maxmemory-policy': 'noeviction' }`. */
  readonly settings?: ValkeySettings
  /** More arguments of the command. */
  readonly args?: readonly string[]
}

export type ValkeySettings = Readonly<Record<string, string | number>>

const argv0 = 'valkey-server'

/** Starts a Valkey of one's own, or a Redis where there is no Valkey; `server` says which. */
export async function startValkey(options: ValkeyOptions = {}): Promise<PrivateServer> {
  const { durable = false, settings, args = [] } = options
  const path = requireSystemPackage('valkey')
  const folder = makeServerFolder('valkey', { durable })
  const port = await choosePort()
  const lines = formatSettings({
    bind: '127.0.0.1',
    port,
    dir: folder.path,
    save: '""',
    // A replica that has just come need not wait for others to come.
    'repl-diskless-sync-delay': 0,
    ...(durable ? { appendonly: 'yes', appendfsync: 'always' } : {}),
    ...settings,
  })
  return await PrivateServer.start({
    server: parseVersion(await runCommand({ path, argv0, args: ['--version'] })),
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    program: { path, argv0, args: [folder.write('valkey.conf', lines), ...args] },
    signals: { shutDown: 'SIGTERM', stop: 'SIGKILL' },
    isReady: () => isReady(port),
  })
}

function formatSettings(settings: ValkeySettings): string {
  const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`)
  return lines.join('')
}

// "Valkey server v=8.0.1 sha=…", "Redis server v=7.0.15 sha=…"
function parseVersion(text: string): ServerIdentity {
  const [, name = '', version = ''] = /^(\w+) server v=([\d.]+)/.exec(text) ?? []
  return { name, version }
}

// While it loads its data, it says so in an error.
async function isReady(port: number): Promise<boolean> {
  return await askValkey(port, 'PING').then(
    (reply) => reply === 'PONG',
    () => false,
  )
}
