// Programs that a test stage needs from the system, which no npm package brings: found where they
// are installed, installed by apt where that may be done, and otherwise asked for by the exact
// command. A new one is a new row.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { installCommand, installPackages } from './system-packages/apt.ts'

interface SystemPackage {
  /** Environment variable that says where it is, for whoever has it elsewhere, and for the tests. */
  readonly variable: string
  /** What will do, best first. */
  readonly choices: readonly Choice[]
}

interface Choice {
  /** Debian's and Ubuntu's packages with the program: those, if there are any, without a service. */
  readonly apt: readonly string[]
  /** The program, by the names it goes by on PATH. */
  readonly binaries: readonly string[]
  /** The first major version that will do; any unless told. */
  readonly atLeast?: number
  /** What makes it say its version; `--version` unless told. */
  readonly versionArgument?: string
}

const systemPackages = {
  chromium: {
    variable: 'CHROMIUM_PATH',
    choices: [{ apt: ['chromium'], binaries: ['chromium', 'chromium-browser', 'google-chrome'] }],
  },
  valkey: {
    variable: 'VALKEY_PATH',
    choices: [
      // The tool that checks a dump is the server itself, under another name.
      { apt: ['valkey-tools'], binaries: ['valkey-server', 'valkey-check-rdb'], atLeast: 7 },
      { apt: ['redis-tools'], binaries: ['redis-server', 'redis-check-rdb'], atLeast: 7 },
    ],
  },
  mariadb: {
    variable: 'MARIADB_PATH',
    choices: [{ apt: ['mariadb-server-core', 'mariadb-client-core'], binaries: ['mariadbd'] }],
  },
  nginx: {
    variable: 'NGINX_PATH',
    choices: [{ apt: ['nginx-light'], binaries: ['nginx'], versionArgument: '-v' }],
  },
  caddy: {
    variable: 'CADDY_PATH',
    choices: [{ apt: ['caddy'], binaries: ['caddy'], atLeast: 2, versionArgument: 'version' }],
  },
} as const satisfies Record<string, SystemPackage>

export type SystemPackageName = keyof typeof systemPackages

/** The path of the program, which it also puts into its environment variable. Throws what is wrong. */
export function requireSystemPackage(name: SystemPackageName): string {
  const { variable, choices }: SystemPackage = systemPackages[name]
  const given = process.env[variable]
  if (given !== undefined && given !== '') {
    if (choices.some((choice) => runs(given, choice))) return given
    throw new Error(`${variable} is ${given}, which does not run, or is too old.`)
  }
  for (const choice of choices) {
    const path = find(choice) ?? install(choice)
    if (path === undefined) continue
    process.env[variable] = path
    return path
  }
  const commands = choices.map(({ apt }) => installCommand(apt))
  throw new Error(`${name} is missing. Install it with: ${commands.join(', or: ')}`)
}

function find(choice: Choice): string | undefined {
  // Where servers are, and where not everybody's PATH leads.
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  const paths = choice.binaries.flatMap((binary) => folders.map((folder) => join(folder, binary)))
  return paths.find((path) => existsSync(path) && runs(path, choice))
}

// Asked to run, because Ubuntu has stand-ins that only tell one to install something else.
function runs(path: string, { binaries, atLeast = 0, versionArgument }: Choice): boolean {
  const options = { argv0: binaries[0], encoding: 'utf8', timeout: 20_000 } as const
  const { status, stdout, stderr } = spawnSync(path, [versionArgument ?? '--version'], options)
  return status === 0 && Number(/(\d+)\.\d/.exec(stdout + stderr)?.[1]) >= atLeast
}

function install(choice: Choice): string | undefined {
  return installPackages(choice.apt) ? find(choice) : undefined
}
