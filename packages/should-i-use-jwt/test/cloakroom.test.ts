// Cloakroom's own access tokens: what renews them is a session, which is opaque and stored.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanText } from './scan-text.ts'

const issuer = `
import { cloakroom } from 'cloakroom'
import { issueAccessTokens } from 'cloakroom/access-tokens'
import express from 'express'
const auth = await cloakroom({})
const issuer = await issueAccessTokens({ auth, issuer: 'https://id.example', audiences: {} })
const app = express()
app.post('/token', async (req, res) => {
  const signedIn = await auth.verify(req.headers.cookie)
  res.json(await issuer.mint(signedIn, { audience: 'https://orders.example' }))
})
`

const orders = (handler: string) => `
import { bearerToken, verifyAccessTokens } from 'cloakroom/access-tokens'
import express from 'express'
import { Pool } from 'pg'
const pool = new Pool()
const tokens = verifyAccessTokens({ issuer: 'https://id.example', audience: 'https://orders.example' })
const app = express()
app.get('/orders', async (req, res) => {
  const verification = await tokens.verify(bearerToken(req.headers.authorization))
  ${handler}
})
`

const ofTwoPackages = (handler: string) => ({
  'id/package.json': '{ "name": "id" }',
  'id/app.js': issuer,
  'orders/package.json': '{ "name": "orders" }',
  'orders/app.js': orders(handler),
})

test('a service that verifies them alone, and another that issues them: the large design', () => {
  const { verdict, checklist, bugs } = scanText(ofTwoPackages('res.json(verification.identity)'))
  assert.equal(verdict.kind, 'large-design')
  assert.deepEqual(checklist.scale?.services, ['orders'])
  const { opaque, stored, rotated, accessTokenOverFiveMinutes } = checklist.refresh ?? {}
  assert.deepEqual(
    { opaque, stored, rotated, accessTokenOverFiveMinutes },
    { opaque: true, stored: true, rotated: true, accessTokenOverFiveMinutes: false },
  )
  assert.deepEqual(bugs, [])
})

test('a service that asks for the user beside them: no', () => {
  const { verdict, checklist } = scanText(
    ofTwoPackages(`const { userId } = verification.identity
  res.json((await pool.query('select * from users where id = $1', [userId])).rows)`),
  )
  assert.equal(verdict.kind, 'no')
  assert.deepEqual(checklist.scale?.services, [])
})

test('a JWT library of its own beside them is judged by itself', () => {
  const { checklist } = scanText({
    ...ofTwoPackages('res.json(verification.identity)'),
    'old/package.json': '{ "name": "old" }',
    'old/app.js': `
import express from 'express'
import jwt from 'jsonwebtoken'
const app = express()
app.get('/me', (req, res) => {
  res.json(jwt.verify(req.headers.authorization.slice(7), process.env.KEY))
})
app.post('/login', (req, res) => {
  res.json({ token: jwt.sign({ sub: req.body.name }, process.env.KEY, { expiresIn: '1h' }) })
})`,
  })
  assert.equal(checklist.refresh?.accessTokenOverFiveMinutes, true)
})

test('a function of the same name from elsewhere is none', () => {
  const text = orders('res.json(verification)').replace('cloakroom/access-tokens', './tokens.js')
  assert.equal(scanText({ 'app.js': text }).verdict.kind, 'no-jwt')
})
