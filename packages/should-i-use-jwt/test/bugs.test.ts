// Each kind of bug, and the same code without it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanText } from './scan-text.ts'

interface Code {
  readonly key?: string
  readonly verify?: string
  readonly sign?: string
  readonly token?: string
  readonly more?: string
}

const right = {
  key: 'process.env.KEY',
  verify: `jwt.verify(token, key, { algorithms: ['HS256'], audience: 'a', issuer: 'i' })`,
  sign: `jwt.sign({ sub: '1' }, key, { expiresIn: '5m', audience: 'a', issuer: 'i' })`,
  token: 'req.cookies.token',
  more: '',
}

function bugsIn(code: Code): readonly string[] {
  const { key, verify, sign, token, more } = { ...right, ...code }
  return scanText({
    'a.js': `
import express from 'express'
import jwt from 'jsonwebtoken'
const key = ${key}
const app = express()
app.post('/log-in', (req, res) => res.cookie('token', ${sign}).end())
app.get('/', (req, res) => {
  const token = ${token}
  res.json(${verify})
})
${more}`,
  }).bugs
}

test('without bugs none is found', () => {
  assert.deepEqual(bugsIn({}), [])
})

const cases: Record<string, Code> = {
  'no-algorithm-pinned': { verify: `jwt.verify(token, key, { audience: 'a', issuer: 'i' })` },
  'none-possible': {
    verify: `jwt.verify(token, key, { algorithms: ['HS256', 'none'], audience: 'a', issuer: 'i' })`,
  },
  'secret-in-source': { key: `process.env.KEY || 'a secret of more than thirty-two bytes'` },
  'short-secret,secret-in-source': { key: `'short'` },
  'decode-instead-of-verify,no-aud,no-iss': {
    verify: 'jwt.decode(token)',
    sign: `jwt.sign({}, key, { expiresIn: '5m' })`,
  },
  'no-exp': { sign: `jwt.sign({ sub: '1' }, key, { audience: 'a', issuer: 'i' })` },
  'token-in-url': { token: 'req.query.token ?? req.cookies.token' },
  'token-in-local-storage': {
    more: `export const keep = (token) => localStorage.setItem('token', token)`,
  },
  'secret-shared-between-kinds': {
    more: `app.post('/refresh', (req, res) => {
  jwt.verify(req.body.refreshToken, key, { algorithms: ['HS256'] })
  res.end()
})`,
  },
}

for (const [kinds, code] of Object.entries(cases)) {
  test(`found, and nothing else: ${kinds}`, () => {
    assert.deepEqual([...bugsIn(code)].sort(), kinds.split(',').sort())
  })
}

test('a secret that is read from a file or a setting is not in the source', () => {
  for (const key of [
    `fs.readFileSync('/run/secrets/key', 'utf8').trim()`,
    `config.get('jwt.key')`,
  ]) {
    assert.deepEqual(
      bugsIn({ key, more: `import fs from 'node:fs'\nimport config from 'config'` }),
      [],
    )
  }
})
