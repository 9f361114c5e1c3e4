import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export interface SpawnedService {
  readonly child: ChildProcess
  /** `undefined`: it ended before it listened. */
  readonly origin: string | undefined
  stdout(): string
  stderr(): string
  /** The exit code, or the signal that killed it. */
  readonly ended: Promise<number | string>
}

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts the real program in a process of its own, and waits until it says where it listens. */
export async function spawnService(
  test: { after(clean: () => void): void },
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<SpawnedService> {
  const child = spawn(process.execPath, ['--conditions=cloakroom-source', main, ...args], {
    env: { PATH: process.env.PATH, PORT: '0', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  test.after(() => void child.kill('SIGKILL'))
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (text: string) => {
      output[name] += text
    })
  }
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | string)
  const { promise: listening, resolve: found } = Promise.withResolvers<string>()
  child.stderr.on('data', () => {
    const [, origin] = /^Open (\S+)$/m.exec(output.stderr) ?? []
    if (origin !== undefined) found(origin)
  })
  const origin = await Promise.race([listening, ended.then(() => undefined)])
  return {
    child,
    origin,
    ended,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
  }
}
