import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normaliseEmail } from './email.ts'

test('an address has one spelling', () => {
  assert.equal(normaliseEmail(' Ada@Example.COM '), 'ada@example.com')
  assert.equal(normaliseEmail('a.b+c@mail.example.co.uk'), 'a.b+c@mail.example.co.uk')
  assert.equal(normaliseEmail('jose\u0301@example.com'), 'jos\u00e9@example.com')
  assert.equal(normaliseEmail('用户@例子.公司'), '用户@例子.公司')
})

test('what was spelled once stays as it is, whatever the character', () => {
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const character = String.fromCodePoint(code)
    // Of ǰ there is a composed character, of its upper case there is none.
    for (const name of [character, `J${character}`, `${character}\u030c`]) {
      const email = normaliseEmail(`${name}@example.com`)
      if (email !== undefined) assert.equal(normaliseEmail(email), email, code.toString(16))
    }
  }
})

test('no two accounts for addresses that look the same', () => {
  assert.equal(normaliseEmail('ａｄａ@example.com'), 'ada@example.com')
  assert.equal(normaliseEmail('ﬁona@example.com'), 'fiona@example.com')
  for (const ignorable of ['\u034f', '\u115f', '\u3164', '\ufe0f', '\u{e0100}', '\u180b']) {
    const look = `a${ignorable}da@example.com`
    assert.equal(normaliseEmail(look), undefined, ignorable.codePointAt(0)?.toString(16))
  }
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
