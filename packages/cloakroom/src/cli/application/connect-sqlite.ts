import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { StoreFactory } from '../../core/store.ts'
import type { UsersTable } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import { sqlite } from '../../stores/sqlite/index.ts'
import type { Connecting } from './connecting.ts'

/** Never makes the file: one that is not there is a misspelt path. */
export async function connectSqlite({
  location,
  naming,
  directory,
}: Connecting): Promise<StoreFactory<UsersTable>> {
  const file = resolve(directory, location)
  if (!existsSync(file)) throw unavailable(`There is no file ${location}`)
  const { DatabaseSync } = await import('node:sqlite')
  try {
    return sqlite(new DatabaseSync(file), naming)
  } catch (cause) {
    if (cause instanceof TypeError) throw cause
    throw unavailable(`${location} cannot be opened`, cause)
  }
}

function unavailable(message: string, cause?: unknown): CloakroomError {
  return new CloakroomError('store_unavailable', `${message}.`, { cause })
}
