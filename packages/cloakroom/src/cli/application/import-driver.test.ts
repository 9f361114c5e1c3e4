import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { importDriver } from './import-driver.ts'

describe('importDriver', () => {
  let folder: string
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'cloakroom-driver-'))
    install('made-up-driver', 'module.exports = { origin: "the application" }')
    install('pg', 'module.exports = { origin: "the application" }')
    install('broken-driver', 'require("not-installed-either")')
  })
  after(() => rmSync(folder, { recursive: true }))

  function install(name: string, source: string): void {
    const path = join(folder, 'node_modules', name)
    mkdirSync(path, { recursive: true })
    writeFileSync(join(path, 'index.js'), source)
  }

  it('takes the first that is installed', async () => {
    const { name, module } = await importDriver('X', ['absent-driver', 'made-up-driver'], folder)
    assert.equal(name, 'made-up-driver')
    assert.deepEqual(module, { origin: 'the application' })
  })

  it('prefers what the application has to what the library’s surroundings have', async () => {
    const { module } = await importDriver<{ origin?: string }>('PostgreSQL', ['pg'], folder)
    assert.equal(module.origin, 'the application')
    const elsewhere = await importDriver<{ origin?: string }>('PostgreSQL', ['pg'], tmpdir())
    assert.equal(elsewhere.module.origin, undefined)
  })

  it('says what to install when none is', async () => {
    await assert.rejects(importDriver('MySQL', ['absent-one/promise', 'absent-two'], folder), {
      code: 'config',
      message: /^MySQL needs .*npm install absent-one, or npm install absent-two$/,
    })
  })

  it('says that a driver is broken, rather than that it is missing', async () => {
    await assert.rejects(importDriver('X', ['broken-driver'], folder), {
      code: 'config',
      message: /^broken-driver could not be loaded: Cannot find module 'not-installed-either'/,
    })
  })
})
