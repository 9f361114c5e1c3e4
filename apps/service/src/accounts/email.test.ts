import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normaliseEmail } from './email.ts'

test('an address has one spelling', () => {
  assert.equal(normaliseEmail(' Ada@Example.COM '), 'ada@example.com')
  assert.equal(normaliseEmail('a.b+c@mail.example.co.uk'), 'a.b+c@mail.example.co.uk')
  assert.equal(normaliseEmail('jose\u0301@example.com'), 'jos\u00e9@example.com')
  assert.equal(normaliseEmail('用户@例子.公司'), '用户@例子.公司')
})

test('what is no address is none', () => {
  const none = [
    '',
    'a',
    '@example.com',
    'a@',
    'a@example',
    'a@b@example.com',
    'a b@example.com',
    'a@exam ple.com',
    'a\0@example.com',
    'a\r\n@example.com',
    'a\u200b@example.com',
    'a\u202e@example.com',
    'a\ud800@example.com',
    'a\u{10ffff}@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(250)}.com`,
    'a@example.com.',
  ]
  for (const text of none) assert.equal(normaliseEmail(text), undefined, JSON.stringify(text))
})
