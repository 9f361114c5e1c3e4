import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createCluster } from 'redis'
import { askValkey } from './ask-valkey.ts'
import { startValkeyCluster, type ValkeyCluster } from './start-valkey-cluster.ts'
import { waitUntil } from './wait-until.ts'

describe('a Valkey cluster', () => {
  let cluster: ValkeyCluster

  before(async () => {
    cluster = await startValkeyCluster({ replicasEach: 1, nodeTimeoutMs: 500 })
  })
  after(() => cluster.stop())

  it('is told whole by every node', async () => {
    const ports = [...cluster.primaries, ...cluster.replicas].map(({ port }) => port)
    assert.equal(ports.length, 6)
    assert.deepEqual(
      cluster.urls,
      ports.map((port) => `redis://127.0.0.1:${port}`),
    )
    for (const port of ports) {
      const view = String(await askValkey(port, 'CLUSTER', 'INFO'))
      assert.match(view, /cluster_state:ok\r\n.*cluster_slots_ok:16384/s)
      assert.match(view, /cluster_known_nodes:6\r\n.*cluster_size:3/s)
    }
  })

  it('answers on all slots', async () => {
    const rootNodes = cluster.urls.map((url) => ({ url }))
    const client = await createCluster({ rootNodes }).connect()
    const keys = Array.from({ length: 1000 }, (_, index) => `key-${index}`)
    await Promise.all(keys.map((key) => client.set(key, key)))
    assert.deepEqual(await Promise.all(keys.map((key) => client.get(key))), keys)
    await client.close()
    for (const { port } of cluster.primaries) assert.ok(Number(await askValkey(port, 'DBSIZE')) > 0)
  })

  it('puts the replica in the place of a primary that was killed', async () => {
    const [, primary] = cluster.primaries
    const [, replica] = cluster.replicas
    assert.ok(primary !== undefined && replica !== undefined)
    assert.equal(await roleOf(replica.port), 'slave')
    await primary.kill()
    await waitUntil('the replica takes over', async () => (await roleOf(replica.port)) === 'master')
    await primary.restart()
    await waitUntil('the old one follows', async () => (await roleOf(primary.port)) === 'slave')
  })
})

async function roleOf(port: number): Promise<unknown> {
  return ((await askValkey(port, 'ROLE')) as unknown[])[0]
}
