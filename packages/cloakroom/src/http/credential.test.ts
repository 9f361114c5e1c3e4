import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cookieFor } from './cookie.ts'
import { type Credential, readCredential } from './credential.ts'
import type { Transport } from './request-head.ts'

const cookie = cookieFor('https://app.example')
const both: readonly Transport[] = ['cookie', 'bearer']

function read(
  cookies: string | undefined,
  authorization: string | undefined,
  transports: readonly Transport[] = both,
): Credential {
  const rest = {
    method: 'GET',
    origin: undefined,
    secFetchSite: undefined,
    userAgent: undefined,
    ip: undefined,
  }
  return readCredential({ cookie: cookies, authorization, ...rest }, cookie, transports)
}

const none: Credential = { kind: 'none' }
const ambiguous: Credential = { kind: 'refused', reason: 'ambiguous_credentials' }
const malformed: Credential = { kind: 'refused', reason: 'malformed_authorization' }
const inCookie: Credential = { kind: 'token', token: 't', transport: 'cookie' }
const asBearer: Credential = { kind: 'token', token: 't', transport: 'bearer' }

test('one credential is read, two are refused, in the transports that are enabled', () => {
  const own = '__Host-session=t'
  const table: readonly (readonly [
    string | undefined,
    string | undefined,
    { both: Credential; cookie: Credential; bearer: Credential },
  ])[] = [
    [undefined, undefined, { both: none, cookie: none, bearer: none }],
    ['theme=dark', 'Basic YTpi', { both: none, cookie: none, bearer: none }],
    [own, undefined, { both: inCookie, cookie: inCookie, bearer: none }],
    [own, 'Basic YTpi', { both: inCookie, cookie: inCookie, bearer: none }],
    [undefined, 'Bearer t', { both: asBearer, cookie: none, bearer: asBearer }],
    [own, 'Bearer t', { both: ambiguous, cookie: inCookie, bearer: asBearer }],
    [own, 'Bearer', { both: ambiguous, cookie: inCookie, bearer: malformed }],
    [`${own}; ${own}`, undefined, { both: ambiguous, cookie: ambiguous, bearer: none }],
    [`${own}; ${own}`, 'Bearer t', { both: ambiguous, cookie: ambiguous, bearer: asBearer }],
    ['__Host-session=', 'Bearer t', { both: ambiguous, cookie: empty(), bearer: asBearer }],
    [undefined, 'Bearer', { both: malformed, cookie: none, bearer: malformed }],
  ]
  for (const [cookies, authorization, expected] of table) {
    const what = `${cookies} | ${authorization}`
    assert.deepEqual(read(cookies, authorization), expected.both, what)
    assert.deepEqual(read(cookies, authorization, ['cookie']), expected.cookie, what)
    assert.deepEqual(read(cookies, authorization, ['bearer']), expected.bearer, what)
    assert.deepEqual(read(cookies, authorization, []), none, what)
  }
})

test('RFC 6750 §2.1: one space or more, then a b64token, and nothing else', () => {
  for (const good of [
    'Bearer t',
    'bearer t',
    'BEARER t',
    'bEaReR    t',
    'Bearer t ',
    'Bearer t\t',
  ]) {
    assert.deepEqual(read(undefined, good), asBearer, good)
  }
  for (const token of ['a.b~c_d-e+f/g', 'a=', 'a==', '0', 'a'.repeat(10_000)]) {
    const credential = { kind: 'token', token, transport: 'bearer' }
    assert.deepEqual(read(undefined, `Bearer ${token}`), credential)
  }
  for (const bad of [
    'Bearer',
    'Bearer ',
    'Bearer\tt',
    'Bearer\u00a0t',
    'Bearer =',
    'Bearer =t',
    'Bearer t=t',
    'Bearer t t',
    'Bearer t,',
    'Bearer,t',
    'Bearer t, Bearer t',
    'Bearer "t"',
    'Bearer token="t"',
    'Bearer t;',
    'Bearer té',
    'Bearer t\u2028',
    ', Bearer t',
    'Basic YTpi, Bearer t',
    'Basic YTpi,bearer t',
    'Basic YTpi, Basic YTpi, bearer',
  ]) {
    // `Bearer\u00a0t` is no scheme that anybody knows; all others are Bearer, and broken.
    const expected: Credential = bad.includes('\u00a0') ? none : malformed
    assert.deepEqual(read(undefined, bad), expected, bad)
  }
  for (const other of ['', 'Basic YTpi', 'Bearert', 'Bearer_ t', 'X-Bearer t', 'Token bearer']) {
    assert.deepEqual(read(undefined, other), none, other)
  }
})

test('a hostile Authorization header takes no longer than its length deserves', () => {
  const size = 200_000
  for (const header of [
    `Bearer ${'a'.repeat(size)}!`,
    `Bearer ${' '.repeat(size)}!`,
    `Bearer a${'='.repeat(size)}!`,
    `Bearer a${' '.repeat(size)}!`,
    `Basic a${', '.repeat(size / 2)}`,
    `Basic a,${' '.repeat(size)}`,
    ','.repeat(size),
  ]) {
    const start = performance.now()
    read(undefined, header)
    assert.ok(performance.now() - start < 1000, header.slice(0, 20))
  }
})

function empty(): Credential {
  return { kind: 'token', token: '', transport: 'cookie' }
}
