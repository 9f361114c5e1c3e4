import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatPhc, parsePhc } from './phc.ts'

const hash = {
  memory: 19_456,
  passes: 2,
  parallelism: 1,
  salt: Buffer.alloc(16, 1),
  tag: Buffer.alloc(32, 2),
}

test('a PHC string is read back as it was written', () => {
  const text = formatPhc(hash)
  assert.match(text, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  assert.deepEqual(parsePhc(text), hash)
})

test('another algorithm, a broken string or a cost beyond reason is refused', () => {
  const text = formatPhc(hash)
  const bad = [
    '',
    text.replace('argon2id', 'argon2i'),
    text.replace('v=19', 'v=16'),
    text.replace('m=19456', 'm=4194304'),
    text.replace('t=2', 't=999'),
    text.replace('t=2', 't=0'),
    text.replace('p=1', 'p=0'),
    text.replace('m=19456', 'm=7'),
    `${text}=`,
    `${text}\n`,
    text.slice(0, text.lastIndexOf('$') + 8),
    '$2b$10$abcdefghijklmnopqrstuv',
  ]
  for (const one of bad) assert.equal(parsePhc(one), undefined, one)
})
