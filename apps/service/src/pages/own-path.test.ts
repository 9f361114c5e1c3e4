import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ownPath } from './own-path.ts'

/** What must not decide where somebody is sent (ASVS 3.7.2). */
const foreign = [
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '/.//evil.example',
  '/..//evil.example/account',
  '/account/..//evil.example',
  '/%2e//evil.example',
  '/%5cevil.example',
  '/%2f%2fevil.example',
  '/%2fevil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/account\r\nset-cookie: a=b',
  '/\t/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/ /evil.example',
  '/\u0000/evil.example',
  '/%09/evil.example',
  '/%00',
  'https://evil.example',
  'https:evil.example',
  'https:/evil.example',
  'http://localhost@evil.example/',
  '//localhost@evil.example/',
  'evil.example',
  '@evil.example',
  'javascript:alert(1)',
  'java\tscript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,hello',
  '/account#//evil.example',
  '/／evil.example',
  '/"><script>alert(1)</script>',
  '',
  '?query',
  `/${'a'.repeat(500)}`,
]

for (const path of foreign) {
  test(`return_to ${JSON.stringify(path.slice(0, 60))} leads nowhere`, () => {
    assert.equal(ownPath(path), undefined)
  })
}

test('return_to takes a path of this site as it is', () => {
  for (const path of [
    '/',
    '/account',
    '/account/password',
    '/admin/users?query=ann%40example.com&after=1',
    '/admin/users/b810285a-5d36-4425-84eb-3fd1a567902f/block',
    `/${'a'.repeat(499)}`,
  ]) {
    assert.equal(ownPath(path), path)
  }
})

test('return_to may be absent', () => {
  assert.equal(ownPath(undefined), undefined)
  assert.equal(ownPath(null), undefined)
})
