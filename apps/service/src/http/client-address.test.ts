import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientAddress } from './client-address.ts'

test('without trusted proxies the header is not looked at', () => {
  assert.equal(clientAddress('192.0.2.1', '198.51.100.9', 0), '192.0.2.1')
  assert.equal(clientAddress('::ffff:192.0.2.1', undefined, 0), '192.0.2.1')
  assert.equal(clientAddress('fe80::1%eth0', undefined, 0), 'fe80::1')
  assert.equal(clientAddress(undefined, '198.51.100.9', 0), undefined)
})

test('behind n proxies it is the n-th entry from the end: what the client wrote itself stays out', () => {
  assert.equal(clientAddress('10.0.0.1', '198.51.100.9', 1), '198.51.100.9')
  assert.equal(clientAddress('10.0.0.1', '203.0.113.5, 198.51.100.9', 1), '198.51.100.9')
  assert.equal(clientAddress('10.0.0.1', '127.0.0.1,198.51.100.9 , 10.0.0.2', 2), '198.51.100.9')
})

test('an entry may have a port and brackets', () => {
  assert.equal(clientAddress('10.0.0.1', '198.51.100.9:4711', 1), '198.51.100.9')
  assert.equal(clientAddress('10.0.0.1', '[2001:db8::1]:4711', 1), '2001:db8::1')
  assert.equal(clientAddress('10.0.0.1', '[2001:db8::1]', 1), '2001:db8::1')
})

test('where a proxy is missing or writes nonsense, the socket decides', () => {
  assert.equal(clientAddress('10.0.0.1', undefined, 1), '10.0.0.1')
  assert.equal(clientAddress('10.0.0.1', '198.51.100.9', 2), '10.0.0.1')
  assert.equal(clientAddress('10.0.0.1', 'unknown', 1), '10.0.0.1')
})
