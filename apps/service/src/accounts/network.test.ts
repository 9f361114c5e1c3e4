import assert from 'node:assert/strict'
import { test } from 'node:test'
import { networkOf } from './network.ts'

test('an IPv4 address is its own network, however it is written', () => {
  assert.equal(networkOf('192.0.2.7'), '192.0.2.7')
  assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7')
  assert.equal(networkOf('::ffff:c000:207'), '192.0.2.7')
})

test('the addresses of one /64 are one network', () => {
  const network = '2001:db8:1:2'
  for (const ip of [
    '2001:db8:1:2::',
    '2001:db8:1:2::1',
    '2001:db8:1:2:ffff:ffff:ffff:ffff',
    '2001:0DB8:0001:0002:0:0:0:9',
    '2001:db8:1:2::192.0.2.7',
    '2001:db8:1:2::1%eth0',
  ]) {
    assert.equal(networkOf(ip), network, ip)
  }
  assert.notEqual(networkOf('2001:db8:1:3::1'), network)
  assert.equal(networkOf('::1'), '0:0:0:0')
})

test('what has no address shares one', () => {
  assert.equal(networkOf(undefined), networkOf('nonsense'))
})
