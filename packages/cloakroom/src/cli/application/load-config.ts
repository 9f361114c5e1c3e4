import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { CloakroomError } from '../../errors.ts'
import { type CloakroomOptions, checkOptions } from '../../options.ts'
import { CommandError } from '../command-error.ts'
import { isCloakroomError } from '../exit-codes.ts'
import type { Application } from './application.ts'

// Nothing here answers a browser: { store, users } is enough.
const placeholder = { origin: 'http://localhost' }

/**
 * The application's own options, from its own module: what it exports as `options` or as default,
 * as it is, as a promise, or as a function of either.
 * @throws {CommandError} `config`
 */
export async function applicationOfConfig(file: string, directory: string): Promise<Application> {
  const path = resolve(directory, file)
  if (!existsSync(path)) throw new CommandError('config', `There is no file ${file}`)
  const options = await importOptions(file, path)
  try {
    const { policy, userIdType, clock } = checkOptions({ ...placeholder, ...options })
    const { store, users } = options
    return { name: `the store of ${file}`, store, users, userIdType, policy, clock }
  } catch (error) {
    throw new CommandError('config', `${file}: ${messageOf(error)}`, { cause: error })
  }
}

async function importOptions(file: string, path: string): Promise<CloakroomOptions> {
  let exported: unknown
  try {
    const module = await import(pathToFileURL(path).href)
    exported = module.options ?? module.default
    if (typeof exported === 'function') exported = exported()
    exported = await exported
  } catch (error) {
    throw whileLoading(file, error)
  }
  if (isOptions(exported)) return exported
  const isAuth = typeof (exported as { verify?: unknown } | undefined)?.verify === 'function'
  throw new CommandError(
    'config',
    isAuth
      ? `${file} exports what cloakroom({ … }) returned; export the options that it takes`
      : `${file} must export the options of cloakroom({ … }), as "options" or as default: an object with store and users, or a function that returns one`,
  )
}

function isOptions(exported: unknown): exported is CloakroomOptions {
  return typeof (exported as { store?: { open?: unknown } } | undefined)?.store?.open === 'function'
}

function whileLoading(file: string, error: unknown): Error {
  if (!isCloakroomError(error)) {
    return new CommandError('config', `${file} could not be loaded: ${messageOf(error)}`, {
      cause: error,
    })
  }
  return new CloakroomError(
    error.code,
    `${file} opens the database while it is loaded: ${error.message} Keep the options in a module that does not call cloakroom().`,
    { cause: error.cause },
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
