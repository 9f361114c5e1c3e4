import assert from 'node:assert/strict'
import { mintId } from '../../core/session-id.ts'
import type { Store } from '../../core/store.ts'
import type { Cases } from './cases.ts'
import { begin, plain, rounds } from './session-rows.ts'

export const updateCases: Cases = {
  'update replaces the data and raises its version by one, and nothing else': async (fixture) => {
    const { store } = fixture
    const { id, session, secretHash } = await begin(fixture, fixture.alice, { data: '{"a":1}' })
    assert.equal(await store.update(id, session.dataVersion, '{"b":2}'), 'updated')
    const found = await store.find(id)
    assert(found)
    const { data, dataVersion, ...rest } = found.session
    const { data: _, dataVersion: version, ...before } = session
    assert.deepEqual(JSON.parse(data), { b: 2 })
    assert.equal(dataVersion, version + 1)
    assert.deepEqual(plain(rest), plain(before))
    assert.deepEqual(Buffer.from(found.secretHash), Buffer.from(secretHash))
  },

  'update of another version is a conflict and changes nothing': async (fixture) => {
    const { store } = fixture
    const { id, session } = await begin(fixture, fixture.alice, { data: '{"a":1}' })
    for (const version of [session.dataVersion + 1, session.dataVersion - 1]) {
      assert.equal(await store.update(id, version, '{"b":2}'), 'conflict')
    }
    assert.deepEqual(plain((await store.find(id))?.session), plain(session))
  },

  'update of an absent session inserts nothing': async ({ store, alice, clock }) => {
    const id = mintId(alice, clock())
    assert.equal(await store.update(id, 0, '{}'), 'gone')
    assert.equal(await store.find(id), undefined)
  },

  'of many updates at once of the same version, one is done': async (fixture) => {
    const { store, alice } = fixture
    const elsewhere = await fixture.another()
    for (let round = 0; round < rounds; round += 1) {
      const { id, session } = await begin(fixture, alice)
      const outcomes = await Promise.all(
        [0, 1, 2, 3].map((n) =>
          (n % 2 === 0 ? store : elsewhere).update(id, session.dataVersion, `{"n":${n}}`),
        ),
      )
      assert.deepEqual(outcomes.toSorted(), ['conflict', 'conflict', 'conflict', 'updated'])
      const found = await store.find(id)
      assert.deepEqual(JSON.parse(found?.session.data ?? ''), { n: outcomes.indexOf('updated') })
    }
  },

  'updates at once from two connections, each repeated on conflict, all count': async (fixture) => {
    const { id } = await begin(fixture, fixture.alice, { data: '{"count":0}' })
    const stores = [fixture.store, await fixture.another()]
    await Promise.all(
      stores.map(async (store) => {
        for (let times = 0; times < 25; times += 1) await increment(store, id)
      }),
    )
    const found = await fixture.store.find(id)
    assert.deepEqual(JSON.parse(found?.session.data ?? ''), { count: 50 })
  },

  'neither touch nor rotation is a conflict for an update': async (fixture) => {
    const { store } = fixture
    const { id, session, secretHash } = await begin(fixture, fixture.alice)
    await fixture.advance(10)
    await store.touch([id], 0)
    const newSecretHash = new Uint8Array(32).fill(1)
    await store.rotate({ id, secretHash, newSecretHash, authenticatedBy: ['pwd'] })
    assert.equal(await store.update(id, session.dataVersion, '{"a":1}'), 'updated')
  },
}

async function increment(store: Store, id: Uint8Array): Promise<void> {
  for (;;) {
    const found = await store.find(id)
    assert(found)
    const { count } = JSON.parse(found.session.data) as { count: number }
    const data = JSON.stringify({ count: count + 1 })
    if ((await store.update(id, found.session.dataVersion, data)) === 'updated') return
  }
}
