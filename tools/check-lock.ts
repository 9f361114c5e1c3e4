// Keeps package-lock.json fit for every machine. npm writes it after what it could install here:
// it leaves out, without a word, the optional packages of other platforms that it could not get,
// and then `npm ci` refuses the file everywhere.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface LockedPackage {
  readonly link?: boolean
  readonly resolved?: string
  readonly integrity?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

type LockedPackages = Readonly<Record<string, LockedPackage>>

/** What is wrong with the lock file of the repository at `root`, a line each. */
export function checkLock(root: string): string[] {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8')
  const { packages } = JSON.parse(text) as { packages: LockedPackages }
  return Object.entries(packages).flatMap(([path, locked]) => [
    ...missingOptional(path, locked, packages),
    ...weakSource(path, locked),
  ])
}

function missingOptional(path: string, locked: LockedPackage, packages: LockedPackages): string[] {
  const names = Object.keys(locked.optionalDependencies ?? {})
  const missing = names.filter((name) => !isLocked(name, packages))
  return missing.map(
    (name) =>
      `package-lock.json: ${path || 'the repository'} wants ${name}, which has no entry; choose a ` +
      'version of which the registry has every platform',
  )
}

function isLocked(name: string, packages: LockedPackages): boolean {
  return Object.keys(packages).some((path) => path.endsWith(`node_modules/${name}`))
}

function weakSource(path: string, { link, resolved, integrity }: LockedPackage): string[] {
  if (link === true || !path.includes('node_modules/')) return []
  return [
    ...(integrity === undefined ? [`package-lock.json: ${path} has no integrity`] : []),
    // Whoever clones this installs from the registry that they trust.
    ...(resolved === undefined ? [] : [`package-lock.json: ${path} names a registry`]),
  ]
}

if (import.meta.main) {
  const problems = checkLock(join(import.meta.dirname, '..'))
  for (const line of problems) console.log(line)
  process.exitCode = problems.length === 0 ? 0 : 1
}
