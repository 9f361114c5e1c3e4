import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startMessage } from './start-message.ts'

const open = { signUp: 'open', trustedProxyHops: 0 } as const
const origin = 'http://localhost:3000'

test('where there is an administrator, the address is all that is said', () => {
  assert.equal(startMessage({ origin, setupCode: undefined }, open), `Open ${origin}\n`)
})

test('where there is none, the code and what to do with it stand in a box', () => {
  const setupCode = 'AAAA-BBBB'
  const lines = startMessage({ origin, setupCode }, open).split('\n')
  assert.ok(lines.some((line) => line.includes(setupCode)))
  assert.ok(lines.some((line) => line.includes(`${origin}/setup`)))
  const widths = new Set(lines.filter((line) => /^[┌│└]/.test(line)).map((line) => line.length))
  assert.equal(widths.size, 1)
  const invited = startMessage({ origin, setupCode }, { ...open, signUp: 'closed' })
  assert.match(invited, /SIGN_UP=closed: this code is your invite/)
})

test('behind TLS it asks for the number of proxies, until it is set', () => {
  const secure = { origin: 'https://auth.example', setupCode: undefined }
  assert.match(startMessage(secure, open), /TRUST_PROXY_HOPS/)
  assert.doesNotMatch(startMessage(secure, { ...open, trustedProxyHops: 1 }), /TRUST_PROXY_HOPS/)
})
