// Programs that a test stage needs from the system, which no npm package brings: found where they
// are installed, installed by apt where that may be done, and otherwise asked for by the exact
// command. A new one is a new row.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

interface SystemPackage {
  /** What Debian and Ubuntu call it. */
  readonly apt: string
  /** The program, by the names it goes by on PATH. */
  readonly binaries: readonly string[]
  /** The argument with which the program says its version, and does nothing else. */
  readonly versionFlag: string
  /** Environment variable that says where it is, for whoever has it elsewhere, and for the tests. */
  readonly variable: string
}

const systemPackages = {
  chromium: {
    apt: 'chromium',
    binaries: ['chromium', 'chromium-browser', 'google-chrome'],
    versionFlag: '--version',
    variable: 'CHROMIUM_PATH',
  },
} as const satisfies Record<string, SystemPackage>

export type SystemPackageName = keyof typeof systemPackages

/**
 * Sees to it that the program is there, and puts its path into its environment variable. Returns
 * what is wrong if it cannot be had.
 */
export function ensureSystemPackage(name: SystemPackageName): string | undefined {
  const wanted: SystemPackage = systemPackages[name]
  const given = process.env[wanted.variable]
  if (given !== undefined && given !== '') {
    return runs(given, wanted) ? undefined : `${wanted.variable} is ${given}, which does not run.`
  }
  const path = find(wanted) ?? (mayInstall() ? install(wanted) : undefined)
  if (path === undefined) {
    return `${name} is missing. Install it with: ${installCommands(wanted).join(' && ')}`
  }
  process.env[wanted.variable] = path
  return undefined
}

function find(wanted: SystemPackage): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const paths = wanted.binaries.flatMap((binary) => folders.map((folder) => join(folder, binary)))
  return paths.find((path) => existsSync(path) && runs(path, wanted))
}

// Asked to run, because Ubuntu has stand-ins that only tell one to install something else.
function runs(path: string, { versionFlag }: SystemPackage): boolean {
  return spawnSync(path, [versionFlag], { stdio: 'ignore', timeout: 20_000 }).status === 0
}

function mayInstall(): boolean {
  return process.getuid?.() === 0 && isDebian()
}

function isDebian(): boolean {
  try {
    return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
}

function install(wanted: SystemPackage): string | undefined {
  for (const command of installCommands(wanted)) {
    console.log(`installing ${wanted.apt}: ${command}`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const { status } = spawnSync(command, { shell: true, stdio: 'inherit', env })
    if (status !== 0) return undefined
  }
  return find(wanted)
}

function installCommands({ apt }: SystemPackage): readonly string[] {
  // Another apt may be running; it is waited for.
  const wait = '-o DPkg::Lock::Timeout=120'
  return [`apt-get update`, `apt-get install -y --no-install-recommends ${wait} ${apt}`]
}
