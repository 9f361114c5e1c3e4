import { requireSystemPackage } from '../system-packages.ts'
import { choosePort } from './choose-port.ts'
import { isListening } from './is-listening.ts'
import { PrivateServer } from './private-server.ts'
import { runCommand } from './run-command.ts'
import { makeServerFolder } from './server-folder.ts'

/** Starts a Caddy of one's own. `configure` is told its port, and returns the sites of a Caddyfile. */
export async function startCaddy(configure: (port: number) => string): Promise<PrivateServer> {
  const path = requireSystemPackage('caddy')
  const folder = makeServerFolder('caddy', { durable: false })
  const port = await choosePort()
  const configuration = folder.write('Caddyfile', `${globalOptions}\n${configure(port)}`)
  const version = await runCommand({ path, args: ['version'] })
  return await PrivateServer.start({
    server: { name: 'Caddy', version: /[\d.]+/.exec(version)?.[0] ?? '' },
    port,
    url: `http://127.0.0.1:${port}`,
    folder,
    program: {
      path,
      args: ['run', '--config', configuration, '--adapter', 'caddyfile'],
      // Everything that it keeps, in its own folder.
      env: { HOME: folder.path, XDG_DATA_HOME: folder.path, XDG_CONFIG_HOME: folder.path },
    },
    signals: { shutDown: 'SIGTERM', stop: 'SIGKILL' },
    isReady: () => isListening(port),
  })
}

// Without these it would listen for administrators, and ask for certificates.
const globalOptions = `{
	admin off
	auto_https off
	default_bind 127.0.0.1
}
`
