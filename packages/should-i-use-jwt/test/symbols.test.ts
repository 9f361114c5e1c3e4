// Names mean nothing; symbols do, however they are imported.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanText } from './scan-text.ts'

const use = (name: string) => `
const app = express()
app.get('/', (req, res, next) => {
  req.user = ${name}(req.headers.authorization.slice(7), process.env.KEY, { algorithms: ['HS256'] })
  next()
}, (req, res) => res.json(req.user))
`

const imports: Record<string, Record<string, string>> = {
  'a default import': {
    'a.js': `import express from 'express'\nimport jwt from 'jsonwebtoken'\n${use('jwt.verify')}`,
  },
  'a namespace': {
    'a.js': `import express from 'express'\nimport * as tokens from 'jsonwebtoken'\n${use('tokens.verify')}`,
  },
  'a renamed import': {
    'a.js': `import express from 'express'\nimport { verify as check } from 'jsonwebtoken'\n${use('check')}`,
  },
  'a require': {
    'a.js': `const express = require('express')\nconst { verify } = require('jsonwebtoken')\n${use('verify')}`,
  },
  'a re-export of a re-export': {
    'a.js': `import express from 'express'\nimport { check } from './b.js'\n${use('check')}`,
    'b.js': `export * from './c.js'`,
    'c.js': `export { verify as check } from 'jsonwebtoken'`,
  },
  'a CommonJS module of the project': {
    'a.js': `const express = require('express')\nconst tokens = require('./tokens')\n${use('tokens.check')}`,
    'tokens.js': `const jwt = require('jsonwebtoken')\nmodule.exports = { check: jwt.verify }`,
  },
  'an alias of tsconfig.json': {
    'tsconfig.json': '{ /* aliases */ "compilerOptions": { "paths": { "~/*": ["./src/*"], }, }, }',
    'src/a.ts': `import express from 'express'\nimport { check } from '~/b'\n${use('check')}`,
    'src/b.ts': `import { verify } from 'jsonwebtoken'\nexport const check = verify`,
  },
  'a package of the workspace that is not installed': {
    'package.json': '{ "workspaces": ["packages/*"] }',
    'packages/app/package.json': '{ "name": "@x/app" }',
    'packages/app/a.js': `import express from 'express'\nimport { check } from '@x/tokens'\n${use('check')}`,
    'packages/tokens/package.json': '{ "name": "@x/tokens", "main": "dist/index.js" }',
    'packages/tokens/src/index.ts': `export { verify as check } from 'jsonwebtoken'`,
  },
}

for (const [name, files] of Object.entries(imports)) {
  test(`verify is found through ${name}`, () => {
    const { checklist } = scanText(files)
    assert.equal(checklist.authentication.answer, 'yes')
    assert.equal(checklist.share?.share, 0)
  })
}

test('a function that is only called verify is none', () => {
  const { verdict } = scanText({
    'a.js': `import express from 'express'\nimport { verify } from './jsonwebtoken.js'\n${use('verify')}`,
    'jsonwebtoken.js': 'export const verify = (text) => text',
  })
  assert.equal(verdict.kind, 'no-jwt')
})

test('a name that an inner scope declares hides the import', () => {
  const { verdict } = scanText({
    'a.js': `import express from 'express'\nimport { verify } from 'jsonwebtoken'
function make(verify) {${use('verify')}}
make((text) => text)`,
  })
  assert.equal(verdict.kind, 'no-jwt')
})
