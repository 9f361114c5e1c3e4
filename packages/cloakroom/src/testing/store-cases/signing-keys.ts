import assert from 'node:assert/strict'
import type { SigningKeyStore } from '../../core/signing-keys.ts'
import type { Store } from '../../core/store.ts'
import type { Cases } from './cases.ts'

export const signingKeyCases: Cases = {
  'before the first write there is version 0, and no document': async ({ store, clock }) => {
    const { version, document, now } = await keysOf(store).read()
    assert.deepEqual({ version, document }, { version: 0, document: '' })
    assert.ok(Math.abs(now - clock()) < 60_000, 'in milliseconds, by the clock of the database')
  },

  'what was written is read, over another connection too, character by character': async ({
    store,
    another,
  }) => {
    const document = JSON.stringify({ text: `\u0000 ü 𝄞 ' " \\ $1 ?`, long: 'x'.repeat(100_000) })
    assert.equal(await keysOf(store).write(document, 0), true)
    const read = await keysOf(await another()).read()
    assert.deepEqual([read.version, read.document], [1, document])
    assert.equal(await keysOf(store).write('{}', 1), true)
    assert.equal((await keysOf(store).read()).version, 2)
  },

  'of two processes that change the keys at once, one does': async ({ store, another }) => {
    const stores = [keysOf(store), keysOf(await another()), keysOf(await another())]
    for (const version of [0, 1, 2]) {
      const written = await Promise.all(
        stores.map((each, index) => each.write(`${version}-${index}`, version)),
      )
      assert.equal(written.filter((each) => each).length, 1)
      const read = await keysOf(store).read()
      assert.deepEqual(
        [read.version, read.document],
        [version + 1, `${version}-${written.indexOf(true)}`],
      )
    }
  },

  'a write at a version that was passed, or never was, writes nothing': async ({ store }) => {
    const keys = keysOf(store)
    assert.equal(await keys.write('one', 0), true)
    assert.equal(await keys.write('two', 1), true)
    for (const version of [0, 1, 3]) assert.equal(await keys.write('late', version), false)
    assert.equal((await keys.read()).document, 'two')
  },

  'the end of everybody leaves the keys': async ({ store }) => {
    await keysOf(store).write('kept', 0)
    await store.revoke({ everybody: true })
    await store.prune()
    assert.equal((await keysOf(store).read()).document, 'kept')
  },
}

export function keysOf(store: Store): SigningKeyStore {
  assert.ok(store.signingKeys, 'The store has no signingKeys')
  return store.signingKeys
}
