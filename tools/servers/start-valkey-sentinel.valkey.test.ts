import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { askValkey } from './ask-valkey.ts'
import { startValkeySentinel, type ValkeySentinel } from './start-valkey-sentinel.ts'
import { waitUntil } from './wait-until.ts'

describe('a Valkey with sentinels', () => {
  let servers: ValkeySentinel

  before(async () => {
    servers = await startValkeySentinel()
  })
  after(() => servers.stop())

  it('is known to every sentinel', async () => {
    for (const { port } of servers.sentinels) {
      assert.equal(await askPrimary(port, servers.name), String(servers.primary.port))
    }
  })

  it('puts the replica in the place of a primary that was killed', async () => {
    const { primary, sentinels, replicas, name } = servers
    const replicaPort = replicas[0]?.port ?? 0
    const readReplica = () => askValkey(replicaPort, 'GET', 'key')
    assert.equal(await askValkey(primary.port, 'SET', 'key', 'value'), 'OK')
    await waitUntil('the value arrives', async () => (await readReplica()) === 'value')
    await primary.kill()
    await waitUntil('all sentinels name the replica', async () => {
      const named = await Promise.all(sentinels.map(({ port }) => askPrimary(port, name)))
      return named.every((port) => port === String(replicaPort))
    })
    assert.equal(await readReplica(), 'value')
  })
})

async function askPrimary(port: number, name: string): Promise<unknown> {
  const address = await askValkey(port, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name)
  return Array.isArray(address) ? address[1] : undefined
}
