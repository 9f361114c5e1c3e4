import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MeasureError } from '../measure-error.ts'

/**
 * The first of these packages that is installed where the command was typed, else beside this tool.
 * @throws {MeasureError} `driver_missing`
 */
export async function importDriver<Module>(
  database: string,
  packages: readonly string[],
): Promise<Module> {
  for (const place of [join(process.cwd(), 'package.json'), import.meta.filename]) {
    for (const name of packages) {
      const path = resolvePackage(name, place)
      if (path === undefined) continue
      const module = await import(pathToFileURL(path).href)
      return module.default ?? module
    }
  }
  throw new MeasureError(
    'driver_missing',
    `${database} needs a driver, which is not installed here: npm install ${packages.join(', or ')}`,
  )
}

function resolvePackage(name: string, place: string): string | undefined {
  try {
    return createRequire(place).resolve(name)
  } catch {
    return undefined
  }
}
