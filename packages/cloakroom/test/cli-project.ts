import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of an application that has installed Cloakroom and the drivers. */
export interface Project {
  readonly folder: string
  write(file: string, text: string): void
  /** `npx cloakroom …` in it, in a process of its own, without a terminal. */
  run(typed: readonly string[], environment?: Environment): Promise<Finished>
  /** The same, while it runs. */
  spawn(typed: readonly string[], environment?: Environment): ChildProcess
  remove(): void
}

export type Environment = Readonly<Record<string, string>>

export interface Finished {
  /** Or the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))
const modules = fileURLToPath(new URL('../../../node_modules', import.meta.url))

/** What runs the program from its source; a shell can run it, too. */
export const commandLine: readonly string[] = [
  process.execPath,
  '--conditions=cloakroom-source',
  main,
]

/** @param packages That are installed in it. Default: all. */
export function createProject(packages?: readonly string[]): Project {
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-cli-'))
  const own = join(folder, 'node_modules')
  if (packages === undefined) symlinkSync(modules, own)
  else mkdirSync(own)
  for (const name of packages ?? []) symlinkSync(join(modules, name), join(own, name))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')

  function start(typed: readonly string[], environment: Environment = {}): ChildProcess {
    const [program = '', ...args] = commandLine
    // Nothing of the environment but this: a DATABASE_URL of the tester's is no business of ours.
    const env = { PATH: process.env.PATH, ...environment }
    return spawn(program, [...args, ...typed], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  return {
    folder,
    write: (file, text) => writeFileSync(join(folder, file), text),
    spawn: start,
    run: (typed, environment) => finish(start(typed, environment)),
    remove: () => rmSync(folder, { recursive: true }),
  }
}

export async function finish(child: ChildProcess): Promise<Finished> {
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
    })
  }
  const [code, signal] = await once(child, 'close')
  return { ...output, code: signal ?? code }
}
