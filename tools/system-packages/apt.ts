// Installs packages of Debian and Ubuntu, if this is one and that may be done.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { backportsOf } from './backports.ts'
import { withoutServices } from './without-services.ts'

const sourceParts = '/etc/apt/sources.list.d'

// Another apt may be running; it is waited for.
const installArguments = [
  'install',
  '-y',
  '--no-install-recommends',
  '-o',
  'DPkg::Lock::Timeout=120',
]

/** What a person would have to say. */
export function installCommand(packages: readonly string[]): string {
  return `apt-get update && apt-get ${installArguments.join(' ')} ${packages.join(' ')}`
}

/** Returns whether they are installed now. Where the release has none, its backports may. */
export function installPackages(packages: readonly string[]): boolean {
  if (process.getuid?.() !== 0 || !isDebian()) return false
  apt(['update'])
  if (areKnown(packages)) return apt([...installArguments, ...packages])
  return withBackports((options) => {
    apt(['update', ...options])
    return areKnown(packages, options) && apt([...installArguments, ...options, ...packages])
  })
}

function isDebian(): boolean {
  return /\b(debian|ubuntu)\b/.test(`${release('ID')} ${release('ID_LIKE')}`)
}

/** A value of os-release; empty if there is none. */
function release(name: string): string {
  try {
    const text = readFileSync('/etc/os-release', 'utf8')
    return new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? ''
  } catch {
    return ''
  }
}

function areKnown(packages: readonly string[], options: readonly string[] = []): boolean {
  const { status } = spawnSync('apt-cache', [...options, 'show', ...packages], { stdio: 'ignore' })
  return status === 0
}

function apt(args: readonly string[]): boolean {
  console.log(`apt-get ${args.join(' ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return withoutServices(() => spawnSync('apt-get', args, { stdio: 'inherit', env }).status === 0)
}

/** Calls `use` with options by which apt sees the backports, too; the system's sources stay. */
function withBackports(use: (options: readonly string[]) => boolean): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-sources-'))
  try {
    cpSync(sourceParts, folder, { recursive: true })
    for (const path of ['/etc/apt/sources.list', ...globSync(`${sourceParts}/*.{list,sources}`)]) {
      const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
      const backports = backportsOf(text, release('VERSION_CODENAME'))
      writeFileSync(join(folder, `backports-${basename(path)}`), backports)
    }
    return use(['-o', `Dir::Etc::SourceParts=${folder}`])
  } finally {
    rmSync(folder, { recursive: true })
  }
}
