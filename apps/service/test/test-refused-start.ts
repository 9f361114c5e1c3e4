import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newDatabase } from './new-database.ts'
import { spawnService } from './spawn-service.ts'

/** A start that ends with what is wrong with the setting, and without anything secret of it. */
export function testRefusedStart(
  setting: 'DATABASE_URL' | 'SESSION_STORE_URL',
  given: string,
  what: string,
  message: RegExp,
  change: (url: URL) => void,
): void {
  test(`${what}: the start ends with a message that says so`, async (t) => {
    const { environment, remove } = await newDatabase()
    t.after(remove)
    const url = new URL(given)
    change(url)
    const spawned = await spawnService(t, { ...environment, [setting]: url.href })
    assert.equal(await spawned.ended, 1)
    const [, said = ''] =
      new RegExp(`^Cannot start: ${setting}: (.+)\\.\n$`).exec(spawned.stderr()) ?? []
    assert.match(said, message)
    assert.equal(spawned.stdout(), '')
    assert.equal(spawned.stderr().includes('canary'), false)
  })
}
