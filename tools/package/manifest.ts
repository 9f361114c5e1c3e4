// The library's package.json, and whether what it exports is there.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin?: Readonly<Record<string, string>>
  readonly files: readonly string[]
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

// Order matters: the first condition that holds is taken.
const conditions = ['cloakroom-source', 'types', 'default']

export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
}

/** The names under which an application imports code: `cloakroom`, `cloakroom/sqlite`, … */
export function importableNames({ name, exports }: Manifest): string[] {
  const paths = Object.keys(exports).filter((path) => typeof exports[path] !== 'string')
  return paths.map((path) => path.replace('.', name))
}

export function checkExports({ exports }: Manifest, built: string): string[] {
  return Object.entries(exports).flatMap(([path, target]) => {
    if (typeof target === 'string') return missing(path, [target], built)
    const names = Object.keys(target)
    return names.join() === conditions.join()
      ? missing(path, Object.values(target), built)
      : [
          `exports "${path}" has the conditions ${names.join(', ')}; expected ${conditions.join(', ')}`,
        ]
  })
}

function missing(path: string, targets: readonly string[], built: string): string[] {
  return targets
    .filter((target) => !existsSync(join(built, target)))
    .map((target) => `exports "${path}" names ${target}, which does not exist`)
}
