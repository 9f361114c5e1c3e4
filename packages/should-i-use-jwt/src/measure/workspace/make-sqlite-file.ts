import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { DatabasePlace } from '../databases/database.ts'
import { MeasureError } from '../measure-error.ts'
import { type Made, ownPrefix } from './made.ts'

/**
 * A file of its own, on the disk of the one that was named, which is not touched: SQLite has no schemas.
 * A lock on a file beside it, which the system drops with the process, tells a later run whose it is.
 */
export async function makeSqliteFile(
  named: string | undefined,
  onLeftover: (name: string) => void,
): Promise<Made<DatabasePlace>> {
  if (named !== undefined && !existsSync(named)) {
    throw new MeasureError('usage', `--database: there is no file ${named}`)
  }
  const parent = named === undefined ? tmpdir() : dirname(resolve(named))
  await removeLeftovers(parent, onLeftover)
  const directory = await mkdtemp(join(parent, ownPrefix))
  const owner = lock(directory)
  return {
    place: { kind: 'sqlite', location: join(directory, 'measured.db'), schema: '' },
    async remove() {
      owner?.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function removeLeftovers(parent: string, onLeftover: (name: string) => void): Promise<void> {
  for (const name of await readdir(parent)) {
    const directory = join(parent, name)
    if (!name.startsWith(ownPrefix) || !existsSync(join(directory, ownerFile))) continue
    const owner = lock(directory)
    if (owner === undefined) continue
    owner.close()
    await rm(directory, { recursive: true, force: true })
    onLeftover(directory)
  }
}

const ownerFile = 'owner.db'

/** `undefined`: another process has it. */
function lock(directory: string): DatabaseSync | undefined {
  const owner = new DatabaseSync(join(directory, ownerFile))
  try {
    owner.exec('begin exclusive')
    return owner
  } catch {
    owner.close()
    return undefined
  }
}
