import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commonPasswords, isCommonPassword } from './common-passwords.ts'
import { passwordProblem } from './password-rules.ts'

const context = {
  email: 'alice.liddell@wonderland.example',
  words: ['cloakroom', 'auth', 'example'],
}
const problem = (password: string) => passwordProblem(password, context)

test('15 to 256 code points are enough, whatever they are', () => {
  assert.equal(problem('rabbit hole 67'), 'password_too_short')
  assert.equal(problem('rabbit hole 678'), undefined)
  assert.equal(problem('🐇🕳🫖🎩🐛🍄♥♠♦♣👑🦩🦔⏰'), 'password_too_short')
  assert.equal(problem('🐇🕳🫖🎩🐛🍄♥♠♦♣👑🦩🦔⏰🥄'), undefined)
  const long = 'off with her head! '.repeat(14).slice(0, 256)
  assert.equal(problem(long), undefined)
  assert.equal(problem(`${long}x`), 'password_too_long')
  assert.equal(problem('                 '), 'password_common')
})

test('a common password is refused, also when it is dressed up', () => {
  const common = [
    'passwordpassword',
    'PasswordPassword',
    'P@ssw0rdP@ssw0rd',
    'password1234567890',
    'qwertyuiopasdfghjkl',
    '1q2w3e4r5t6y7u8i',
    '123456789012345',
    'sunshineprincess',
    'monkeymonkeymonkey',
    'zzzzzzzzzzzzzzzz',
    'abcabcabcabcabca',
    'asdfasdfasdfasd',
  ]
  for (const password of common) assert.equal(problem(password), 'password_common', password)
})

test('a password made of the address or of the service is refused', () => {
  const contextual = [
    'alice.liddell@wonderland.example',
    'aliceliddell123',
    'liddellwonderland',
    'Wonderland-alice-1',
    'cloakroomcloakroom',
    'Cloakroom2030!!!',
  ]
  for (const password of contextual)
    assert.equal(problem(password), 'password_contextual', password)
})

test('a long passphrase may name the service, or anything else', () => {
  assert.equal(problem('my cloakroom ticket is number 42'), undefined)
  assert.equal(problem('alice fell down a rabbit hole'), undefined)
  assert.equal(problem('monkey wrench and seven umbrellas'), undefined)
})

test('the list has at least 3000 entries that the length rule would let through', () => {
  const list = [...commonPasswords()]
  assert.ok(list.length >= 3000, `${list.length}`)
  for (const entry of list) {
    assert.ok(entry.length >= 15 && entry === entry.toLowerCase(), entry)
    assert.ok(isCommonPassword(entry), entry)
  }
})
