import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { askValkey } from './ask-valkey.ts'
import { startOwner } from './owner-process.ts'
import { sharedValkey, sharedValkeyCluster, shareServers } from './shared-servers.ts'

const variable = 'CLOAKROOM_TEST_VALKEY_URL'

describe('a shared server', () => {
  it('is one, however many ask for it at once', async () => {
    const urls = await Promise.all([sharedValkey(), sharedValkey()])
    assert.deepEqual(urls, [process.env[variable], process.env[variable]])
    assert.equal(await askValkey(Number(new URL(urls[0]).port), 'PING'), 'PONG')
  })

  it('is several where it is a cluster', async () => {
    const urls = await sharedValkeyCluster()
    assert.equal(urls.length, 3)
    for (const url of urls) {
      const view = String(await askValkey(Number(new URL(url).port), 'CLUSTER', 'INFO'))
      assert.match(view, /cluster_state:ok/)
    }
  })

  it('is not started where there is one', async () => {
    const url = await sharedValkey()
    const { titles, stop } = await shareServers(['valkey'])
    assert.deepEqual(titles, [])
    await stop()
    assert.equal(process.env[variable], url)
  })

  it('is there for as long as it is shared', async () => {
    const { told } = await startOwner<Record<string, string>>(`
      import { sharedValkey, shareServers } from './shared-servers.ts'
      delete process.env.${variable}
      const { titles, stop } = await shareServers(['valkey'])
      const shared = process.env.${variable}
      const found = await sharedValkey()
      await stop()
      console.log(JSON.stringify({ title: titles[0], shared, found, after: process.env.${variable} }))`)
    assert.match(told.title ?? '', /^(Valkey|Redis) \d/)
    assert.match(told.shared ?? '', /^redis:/)
    assert.equal(told.found, told.shared)
    assert.equal(told.after, undefined)
  })
})
