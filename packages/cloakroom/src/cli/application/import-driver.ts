import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CommandError } from '../command-error.ts'

/**
 * The first of these packages that the application has; else that the library's surroundings have.
 * @throws {CommandError} `config`, if none is installed, or the one that is does not load
 */
export async function importDriver<Module>(
  database: string,
  packages: readonly string[],
  directory: string,
): Promise<{ name: string; module: Module }> {
  const places = [join(directory, 'package.json'), import.meta.url]
  for (const place of places) {
    for (const name of packages) {
      const path = resolvePackage(name, place)
      if (path === undefined) continue
      return { name, module: await load<Module>(name, path) }
    }
  }
  const ways = packages.map((name) => `npm install ${name.split('/')[0]}`)
  throw new CommandError(
    'config',
    `${database} needs a driver, which is not installed here: ${ways.join(', or ')}`,
  )
}

function resolvePackage(name: string, place: string): string | undefined {
  try {
    return createRequire(place).resolve(name)
  } catch {
    return undefined
  }
}

async function load<Module>(name: string, path: string): Promise<Module> {
  try {
    const module = await import(pathToFileURL(path).href)
    return module.default ?? module
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CommandError('config', `${name} could not be loaded: ${why}`, { cause })
  }
}
