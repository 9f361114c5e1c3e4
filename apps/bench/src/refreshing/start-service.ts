import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export interface ServiceProcess {
  readonly origin: string
  /** The id of its only client, which is a public one. */
  readonly clientId: string
  stop(): Promise<void>
}

export const audience = 'https://orders.example'

const main = fileURLToPath(new URL('../../../service/src/main.ts', import.meta.url))
const program = [...process.execArgv, main]

/** The authentication service itself, as `npm start` runs it, with a client. Its log goes nowhere. */
export async function startService(
  settings: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    AUDIENCES: `${audience} orders:read`,
    ...settings,
  }
  const clientId = await addClient(env)
  const child = spawn(process.execPath, program, { env, stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.on('exit', kill)
  const exited = once(child, 'exit')
  const origin = await originOf(createInterface(child.stderr))
  return {
    origin,
    clientId,
    async stop() {
      child.kill('SIGTERM')
      await exited
      process.removeListener('exit', kill)
    },
  }
}

async function addClient(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const args = [...program, 'clients', 'add', 'Bench', '--grant', `${audience} orders:read`]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  const [, id] = /^CLIENT_ID=(\S+)$/m.exec(stdout) ?? []
  if (id === undefined) throw new Error(`The service made no client: ${stdout}`)
  return id
}

async function originOf(lines: AsyncIterable<string>): Promise<string> {
  const said: string[] = []
  for await (const line of lines) {
    const [, origin] = /^Open (\S+)$/.exec(line) ?? []
    if (origin !== undefined) return origin
    said.push(line)
  }
  throw new Error(`The service did not start: ${said.join('\n')}`)
}
