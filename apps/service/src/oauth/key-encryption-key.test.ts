import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { keyEncryptionKeysBeside } from './key-encryption-key.ts'

function folder(t: { after(clean: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'cloakroom-key-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

test('a key is made beside the database, for this user of the machine alone, and stays', (t) => {
  const root = folder(t)
  const database = join(root, 'data', 'cloakroom.sqlite')
  const made = keyEncryptionKeysBeside(database)
  assert.equal(made.length, 1)
  assert.match(made[0] ?? '', /^[\w-]{43}$/)
  assert.deepEqual(keyEncryptionKeysBeside(database), made)
  assert.deepEqual(readdirSync(join(root, 'data')), ['cloakroom.sqlite.key'])
  assert.equal(statSync(`${database}.key`).mode & 0o777, 0o600)
  assert.notDeepEqual(keyEncryptionKeysBeside(join(root, 'other.sqlite')), made)
})

test('a key that others can read, or that is none, is refused in words, and not replaced', (t) => {
  const database = join(folder(t), 'cloakroom.sqlite')
  keyEncryptionKeysBeside(database)
  chmodSync(`${database}.key`, 0o640)
  assert.throws(() => keyEncryptionKeysBeside(database), /chmod 600/)
  writeFileSync(`${database}.key`, 'canary')
  chmodSync(`${database}.key`, 0o600)
  assert.throws(
    () => keyEncryptionKeysBeside(database),
    (error: Error) =>
      /must be 32 random bytes/.test(error.message) && !/canary/.test(error.message),
  )
})
