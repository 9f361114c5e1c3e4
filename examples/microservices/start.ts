// Starts the authentication service and three services that take its tokens, each a process of its
// own, and ends all of them with Ctrl-C. What to do with them: docs/microservices.md.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const folder = import.meta.dirname
const service = join(folder, '../../apps/service/src/main.ts')
const node = [process.execPath, '--conditions=cloakroom-source']

/** The first port of four; 0: any that are free. */
const firstPort = Number(process.env.PORT ?? 3000)
const data = mkdtempSync(join(tmpdir(), 'cloakroom-microservices-'))
const settings = {
  PATH: process.env.PATH,
  DATABASE_URL: join(data, 'service.sqlite'),
  AUDIENCES:
    'https://orders.example orders:read; https://billing.example invoices:read invoices:pay; https://reports.example reports:read',
}

const running = new Set<ChildProcess>()
let ending = false
process.on('SIGINT', () => end(0))
process.on('SIGTERM', () => end(0))

const shop = addClient('shop', '--grant', settings.AUDIENCES)
const billing = addClient('billing', '--confidential', '--serves', 'https://billing.example')
const reports = addClient('reports', '--confidential', '--serves', 'https://reports.example')

const issuer = await start([...node, service], 0, settings, /^Open (\S+)$/)
const given = { PATH: process.env.PATH, ISSUER: issuer }
const listens = /^\w+ listens on (\S+)$/
const orders = await start([...node, join(folder, 'orders.ts')], 1, given, listens)
const billed = await start(
  [...node, join(folder, 'billing.ts')],
  2,
  { ...given, ...billing },
  listens,
)
const python = ['python3', join(folder, 'reports.py')]
const reported = await start(python, 3, { ...given, ...reports }, listens)

console.log(`
AUTH=${issuer} ORDERS=${orders} BILLING=${billed} REPORTS=${reported} CLIENT_ID=${shop.CLIENT_ID}`)

/** Makes an OAuth client, and returns what the command prints: its id, and its secret if it has one. */
function addClient(...args: string[]): Record<string, string> {
  const [program = '', ...before] = node
  const command = [...before, service, 'clients', 'add', ...args]
  const printed = execFileSync(program, command, { env: settings, encoding: 'utf8' })
  return Object.fromEntries(printed.split('\n').map((line) => line.split('=', 2)))
}

/** Resolves with the address that the process says that it listens on. */
function start(
  [program = '', ...args]: readonly string[],
  index: number,
  environment: Readonly<Record<string, string | undefined>>,
  says: RegExp,
): Promise<string> {
  const port = firstPort === 0 ? 0 : firstPort + index
  const child = spawn(program, args, {
    env: { ...environment, PORT: String(port) },
    // Ctrl-C goes to this process, which ends the others in turn.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.on('error', ({ message }) => {
    console.error(`${program} does not start: ${message}`)
    gone(child)
  })
  child.on('exit', () => gone(child))
  return new Promise((resolve) => {
    for (const output of [child.stdout, child.stderr]) {
      createInterface(output).on('line', (line) => {
        const [, address] = says.exec(line) ?? []
        if (address !== undefined) resolve(address)
        console.log(line)
      })
    }
  })
}

/** Without one of them there is nothing to show. */
function gone(child: ChildProcess): void {
  running.delete(child)
  end(1)
}

function end(exitCode: number): void {
  if (!ending) {
    ending = true
    process.exitCode = exitCode
    for (const child of running) child.kill('SIGTERM')
  }
  if (running.size > 0) return
  rmSync(data, { recursive: true, force: true })
  process.exit()
}
