import { join } from 'node:path'
import { requireSystemPackage } from '../system-packages.ts'
import { choosePort } from './choose-port.ts'
import { isListening } from './is-listening.ts'
import { PrivateServer } from './private-server.ts'
import { runCommand } from './run-command.ts'
import { makeServerFolder, type ServerFolder } from './server-folder.ts'

/** Starts an nginx of one's own. `configure` is told its port, and returns what is in `http { }`. */
export async function startNginx(configure: (port: number) => string): Promise<PrivateServer> {
  const path = requireSystemPackage('nginx')
  const folder = makeServerFolder('nginx', { durable: false })
  const port = await choosePort()
  const configuration = folder.write('nginx.conf', wholeConfiguration(folder, configure(port)))
  // Its version is all that it writes, and that among the errors.
  const version = await runCommand({ path: '/bin/sh', args: ['-c', `'${path}' -v 2>&1`] })
  return await PrivateServer.start({
    server: { name: 'nginx', version: /[\d.]+/.exec(version)?.[0] ?? '' },
    port,
    url: `http://127.0.0.1:${port}`,
    folder,
    program: { path, args: ['-e', 'stderr', '-c', configuration] },
    signals: { shutDown: 'SIGQUIT', stop: 'SIGTERM' },
    isReady: () => isListening(port),
  })
}

const temporaryFolders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

function wholeConfiguration({ path }: ServerFolder, http: string): string {
  const folders = temporaryFolders.map((name) => `${name}_temp_path ${join(path, name)};`)
  return `
daemon off;
worker_processes 1;
error_log stderr;
pid ${join(path, 'pid')};
events {}
http {
access_log off;
${folders.join('\n')}
${http}
}
`
}
