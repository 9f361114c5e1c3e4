import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askValkey } from './ask-valkey.ts'
import { testServerLife } from './server-life.ts'
import { startValkey } from './start-valkey.ts'

testServerLife({
  start: startValkey,
  remember: (url, value) => askValkey(portOf(url), 'SET', 'remembered', value),
  recall: (url) => askValkey(portOf(url), 'GET', 'remembered'),
})

test('a private Valkey is set as told', async () => {
  const settings = { 'maxmemory-policy': 'volatile-lru', maxmemory: '7mb' }
  const server = await startValkey({ settings })
  const show = (name: string) => askValkey(server.port, 'CONFIG', 'GET', name)
  assert.deepEqual(await show('maxmemory-policy'), ['maxmemory-policy', 'volatile-lru'])
  assert.deepEqual(await show('maxmemory'), ['maxmemory', String(7 * 2 ** 20)])
  assert.deepEqual(await show('appendonly'), ['appendonly', 'no'])
  await server.stop()
})

test('a question to Valkey has whole replies of every kind', async () => {
  const server = await startValkey()
  const { port } = server
  const long = 'x'.repeat(1_000_000)
  assert.equal(await askValkey(port, 'SET', 'key', long), 'OK')
  assert.equal(await askValkey(port, 'GET', 'key'), long)
  assert.equal(await askValkey(port, 'GET', 'nothing'), null)
  assert.equal(await askValkey(port, 'STRLEN', 'key'), 1_000_000)
  const script = 'return {1, {"two", false}, {}}'
  assert.deepEqual(await askValkey(port, 'EVAL', script, '0'), [1, ['two', null], []])
  await assert.rejects(askValkey(port, 'NONSENSE'), /ERR unknown command/)
  await server.stop()
})

function portOf(url: string): number {
  return Number(new URL(url).port)
}
