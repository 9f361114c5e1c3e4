import { chownSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keepGuarded } from './guard.ts'
import { serverAccount } from './server-account.ts'

export interface ServerFolder {
  readonly path: string
  /** Writes a file that the server may read and change, and returns its path. */
  write(name: string, text: string): string
  remove(): void
}

interface FolderOptions {
  /** On a real disk; otherwise in memory, where there is enough of it. */
  readonly durable: boolean
}

const memory = '/dev/shm'
// Containers often have only 64 MB there.
const enoughBytes = 2 ** 31

/** Makes a folder that only servers may look into. It goes with this process at the latest. */
export function makeServerFolder(name: string, { durable }: FolderOptions): ServerFolder {
  const parent = !durable && hasEnoughMemory() ? memory : tmpdir()
  const path = mkdtempSync(join(parent, `cloakroom-${name}-`))
  const release = keepGuarded({ folder: path })
  giveToServers(path)
  return {
    path,
    write(name, text) {
      const file = join(path, name)
      writeFileSync(file, text, { mode: 0o600 })
      giveToServers(file)
      return file
    },
    remove() {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 })
      release()
    },
  }
}

function giveToServers(path: string): void {
  const { uid, gid } = serverAccount
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

function hasEnoughMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= enoughBytes
  } catch {
    return false
  }
}
