import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { requireSystemPackage } from './system-packages.ts'
import { withTemporaryTree } from './testing/temporary-tree.ts'

describe('a program of the system', () => {
  const { PATH, VALKEY_PATH } = process.env

  beforeEach(() => {
    delete process.env.VALKEY_PATH
  })
  afterEach(() => {
    process.env.PATH = PATH
    if (VALKEY_PATH === undefined) delete process.env.VALKEY_PATH
    else process.env.VALKEY_PATH = VALKEY_PATH
  })

  it('is found on PATH, the better one first, and told to what is started', () => {
    withPrograms({ 'redis-server': 'v=7.2.1', 'valkey-check-rdb': 'v=8.1.2' }, (folder) => {
      process.env.PATH = `/nowhere:${folder}`
      assert.equal(requireSystemPackage('valkey'), join(folder, 'valkey-check-rdb'))
      assert.equal(process.env.VALKEY_PATH, join(folder, 'valkey-check-rdb'))
    })
  })

  it('is the one that the environment names', () => {
    withPrograms({ 'my-server': 'v=7.0.0' }, (folder) => {
      process.env.VALKEY_PATH = join(folder, 'my-server')
      assert.equal(requireSystemPackage('valkey'), join(folder, 'my-server'))
    })
  })

  it('is refused if the environment names what does not run', () => {
    process.env.VALKEY_PATH = '/nowhere/valkey-server'
    assert.throws(() => requireSystemPackage('valkey'), /VALKEY_PATH is \/nowhere\/valkey-server/)
  })
})

/** Programs that say their version, by name. */
function withPrograms(
  versions: Readonly<Record<string, string>>,
  use: (folder: string) => void,
): void {
  const scripts = Object.entries(versions).map(([name, version]) => [
    name,
    `#!/bin/sh\necho "server ${version}"\n`,
  ])
  withTemporaryTree(Object.fromEntries(scripts) as Record<string, string>, (folder) => {
    for (const name of Object.keys(versions)) chmodSync(join(folder, name), 0o755)
    use(folder)
  })
}
