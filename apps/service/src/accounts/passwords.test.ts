import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswords } from './passwords.ts'

const passwords = await createPasswords()

function isRight(password: string, hash: string | undefined, by = passwords): Promise<boolean> {
  return by.checking((verify) => verify(password, hash))
}

test('a password is right exactly as it was chosen: no trimming, case, truncation or normalisation', async () => {
  const chosen = `  Pass\u00e9 ${'x'.repeat(80)} \u{1f511} `
  const hash = await passwords.hash(chosen)
  assert.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  assert.equal(await isRight(chosen, hash), true)
  const others = [
    chosen.trim(),
    chosen.toLowerCase(),
    chosen.normalize('NFD'),
    chosen.slice(0, 72),
    `${chosen} `,
    '',
  ]
  for (const other of others) assert.equal(await isRight(other, hash), false)
})

test('the same password has another hash each time', async () => {
  const [one, two] = await Promise.all([passwords.hash('same'), passwords.hash('same')])
  assert.notEqual(one, two)
})

test('nobody has a password, and a broken hash is nobody’s', async () => {
  assert.equal(await isRight('', undefined), false)
  assert.equal(await isRight('anything', undefined), false)
  assert.equal(await isRight('anything', '$argon2id$broken'), false)
})

test('a hash of another cost is checked at its own cost, and called outdated', async () => {
  const dearer = await createPasswords({ cost: { memory: 32_768, passes: 2, parallelism: 1 } })
  const hash = await passwords.hash('a password')
  assert.equal(await isRight('a password', hash, dearer), true)
  assert.equal(dearer.isOutdated(hash), true)
  assert.equal(passwords.isOutdated(hash), false)
})

test('a cost below the OWASP minimum is refused', async () => {
  const weak = [
    { memory: 19_455, passes: 2, parallelism: 1 },
    { memory: 19_456, passes: 1, parallelism: 1 },
    { memory: 9216, passes: 4, parallelism: 1 },
    { memory: 65_536, passes: 3, parallelism: 4 },
    { memory: Number.NaN, passes: 2, parallelism: 1 },
  ]
  for (const cost of weak) await assert.rejects(createPasswords({ cost }), TypeError)
})
