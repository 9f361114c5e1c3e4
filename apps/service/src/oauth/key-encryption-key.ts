import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** One, or two while the older one is being replaced: the first encrypts, any decrypts. */
export type KeyEncryptionKeys = readonly string[]

/**
 * Reads `KEY_ENCRYPTION_KEY`: 32 bytes as 43 characters of base64url; a second one after a space.
 * @throws {Error} saying what it must be, and never what it is
 */
export function parseKeyEncryptionKeys(text: string): KeyEncryptionKeys {
  const keys = text.trim().split(/\s+/)
  if (keys.length <= 2 && keys.every(isKey)) return keys
  throw new Error(
    "must be 32 random bytes in base64url, and while it is being replaced the old one after it. Make one with: node -p \"require('crypto').randomBytes(32).toString('base64url')\"",
  )
}

/**
 * What the file beside an SQLite database holds. It is made if it is absent: beside, because whoever
 * gets a copy of the database alone shall not be able to sign.
 * @throws {Error} if others of this machine may read it, or if it holds no key
 */
export function keyEncryptionKeysBeside(databasePath: string): KeyEncryptionKeys {
  const path = `${databasePath}.key`
  createFile(path)
  if ((statSync(path).mode & 0o077) !== 0) {
    throw new Error(`${path} can be read by others. Do: chmod 600 ${path}`)
  }
  return readKeyFile(path)
}

/** @throws {Error} naming the file, if it cannot be read or holds no key */
export function readKeyFile(path: string): KeyEncryptionKeys {
  try {
    return parseKeyEncryptionKeys(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause })
  }
}

// With its content or not at all: another process may be starting at the same moment.
function createFile(path: string): void {
  const draft = `${path}.${randomBytes(8).toString('hex')}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
}

function isKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length === 32 && bytes.toString('base64url') === text
}
