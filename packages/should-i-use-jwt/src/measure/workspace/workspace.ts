import type { DatabasePlace } from '../databases/database.ts'
import type { ValkeyPlace } from '../databases/open-valkey.ts'
import type { parseDatabase } from '../databases/parse-place.ts'
import type { Made } from './made.ts'
import { makeMysqlSchema, makePostgresSchema } from './make-schema.ts'
import { makeSqliteFile } from './make-sqlite-file.ts'
import { makeValkeyPrefix } from './make-valkey-prefix.ts'

export interface Workspace {
  readonly place: DatabasePlace
  readonly valkey: ValkeyPlace | undefined
  /** Takes away everything that was made. */
  remove(): Promise<void>
}

export interface WorkspaceOptions {
  /** `undefined`: a SQLite file in the temporary directory. */
  readonly database: ReturnType<typeof parseDatabase> | undefined
  readonly valkey: string | undefined
  /** Told what an earlier run had left behind, and is now gone. */
  readonly onLeftover: (name: string) => void
}

/** Removes first what runs left behind that were killed. */
export async function makeWorkspace({
  database,
  valkey,
  onLeftover,
}: WorkspaceOptions): Promise<Workspace> {
  const made = await makeDatabase(database, onLeftover)
  try {
    const madeValkey = valkey === undefined ? undefined : await makeValkeyPrefix(valkey, onLeftover)
    return {
      place: made.place,
      valkey: madeValkey?.place,
      async remove() {
        const removed = await Promise.allSettled([made.remove(), madeValkey?.remove()])
        const failed = removed.find(({ status }) => status === 'rejected')
        if (failed !== undefined) throw (failed as PromiseRejectedResult).reason
      },
    }
  } catch (error) {
    await made.remove()
    throw error
  }
}

function makeDatabase(
  database: WorkspaceOptions['database'],
  onLeftover: (name: string) => void,
): Promise<Made<DatabasePlace>> {
  if (database?.kind === 'postgres') return makePostgresSchema(database.location, onLeftover)
  if (database?.kind === 'mysql') return makeMysqlSchema(database.location, onLeftover)
  return makeSqliteFile(database?.location, onLeftover)
}
