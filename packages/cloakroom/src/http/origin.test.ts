import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOrigin, isCrossSite, isForeign } from './origin.ts'
import type { RequestHead } from './request-head.ts'

const own = 'https://app.example'

function head(method: string, secFetchSite?: string, origin?: string): RequestHead {
  return {
    method,
    secFetchSite,
    origin,
    cookie: undefined,
    authorization: undefined,
    userAgent: undefined,
    ip: undefined,
  }
}

const unsafe = ['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'QUERY', 'PROPFIND', 'get', 'post', '']

test('Fetch Metadata decides wherever it is sent, whatever Origin says', () => {
  for (const method of unsafe) {
    for (const origin of [own, 'https://evil.example', 'null', undefined]) {
      assert.equal(isCrossSite(head(method, 'same-origin', origin), own), false)
      for (const site of ['cross-site', 'same-site', 'none', '', 'Same-Origin', 'same-origin, x']) {
        assert.equal(isCrossSite(head(method, site, origin), own), true, `${method} ${site}`)
      }
    }
  }
})

test('without Fetch Metadata, Origin must be the own one to the letter', () => {
  for (const method of unsafe) {
    assert.equal(isCrossSite(head(method, undefined, own), own), false)
    for (const origin of [
      undefined,
      '',
      'null',
      'https://evil.example',
      'http://app.example',
      'https://app.example:443',
      'https://app.example/',
      'https://APP.example',
      'https://www.app.example',
      'https://app.example.evil.example',
      'https://app.example, https://app.example',
      ' https://app.example',
    ]) {
      assert.equal(isCrossSite(head(method, undefined, origin), own), true, `${method} ${origin}`)
    }
  }
})

test('what changes something is judged whatever its method: a link can lead to a GET', () => {
  for (const method of ['GET', 'HEAD', 'POST']) {
    assert.equal(isForeign(head(method, 'cross-site'), own), true)
    assert.equal(isForeign(head(method, 'same-site', own), own), true)
    assert.equal(isForeign(head(method), own), true)
    assert.equal(isForeign(head(method, 'same-origin'), own), false)
    assert.equal(isForeign(head(method, undefined, own), own), false)
  }
})

test('RFC 9110: safe methods are never cross-site', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'TRACE']) {
    assert.equal(isCrossSite(head(method, 'cross-site', 'https://evil.example'), own), false)
    assert.equal(isCrossSite(head(method), own), false)
  }
})

test('the origin option is a bare origin, as browsers send it', () => {
  for (const origin of [
    'https://app.example',
    'http://localhost:3000',
    'https://app.example:8443',
    'http://[::1]:3000',
    'https://xn--bcher-kva.example',
  ]) {
    assert.equal(checkOrigin(origin), origin)
  }
  for (const origin of [
    undefined,
    null,
    '',
    'null',
    'app.example',
    'https://app.example/',
    'https://app.example/path',
    'https://app.example?x',
    'https://app.example:443',
    'https://App.example',
    'https://bücher.example',
    'https://user@app.example',
    'ftp://app.example',
    'file:///etc',
    'https://*.example/',
    ['https://app.example'],
  ]) {
    assert.throws(() => checkOrigin(origin), TypeError, String(origin))
  }
})
