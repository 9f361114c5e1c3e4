import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { ConfigError, readConfig } from './config.ts'

/** The variables that are named as wrong. */
function wrong(environment: Record<string, string>): string[] {
  try {
    readConfig(environment)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.problems.map((problem) => problem.split(/[ =]/)[0] as string)
  }
  return []
}

test('an empty environment is enough, and empty variables count as unset', () => {
  const expected = {
    port: 3000,
    host: '127.0.0.1',
    origin: undefined,
    dangerouslySharedCookieDomain: undefined,
    database: { kind: 'sqlite', path: resolve('data/cloakroom.sqlite') },
    sessionStoreUrl: undefined,
    cacheLeaseSeconds: 0,
    setupCode: undefined,
    signUp: 'open',
    trustedProxyHops: 0,
    auditRetentionDays: 365,
    audiences: {},
    keyEncryptionKeys: undefined,
  }
  assert.deepEqual(readConfig({}), expected)
  assert.deepEqual(readConfig({ PORT: '', ORIGIN: '', ADMIN_SETUP_CODE: '' }), expected)
})

test('every variable is read', () => {
  const config = readConfig({
    PORT: '0',
    HOST: '0.0.0.0',
    ORIGIN: 'https://auth.example:8443',
    DANGEROUSLY_SHARED_COOKIE_DOMAIN: 'auth.example',
    DATABASE_URL: 'sqlite:/var/lib/cloakroom.sqlite',
    SESSION_STORE_URL: 'valkeys://user:password@valkey.example:6380',
    ADMIN_SETUP_CODE: 'x'.repeat(21),
    SIGN_UP: 'invite',
    CACHE_LEASE_SECONDS: '10',
    TRUST_PROXY_HOPS: '2',
    AUDIT_RETENTION_DAYS: '30',
    AUDIENCES: 'https://orders.example orders:read; https://billing.example',
    KEY_ENCRYPTION_KEY: `${key(1)} ${key(2)}`,
  })
  assert.deepEqual(config, {
    port: 0,
    host: '0.0.0.0',
    origin: 'https://auth.example:8443',
    dangerouslySharedCookieDomain: 'auth.example',
    database: { kind: 'sqlite', path: '/var/lib/cloakroom.sqlite' },
    sessionStoreUrl: 'valkeys://user:password@valkey.example:6380',
    cacheLeaseSeconds: 10,
    setupCode: 'x'.repeat(21),
    signUp: 'invite',
    trustedProxyHops: 2,
    auditRetentionDays: 30,
    audiences: { 'https://orders.example': ['orders:read'], 'https://billing.example': [] },
    keyEncryptionKeys: [key(1), key(2)],
  })
})

test('a bad value is refused by the name of its variable', () => {
  const bad: Record<string, string[]> = {
    PORT: ['http', '-1', '65536', '3000.5', ' 3000', '0x10', '1e3'],
    HOST: ['a b', 'http://x', '::1]', '/run/socket'],
    ORIGIN: [
      'auth.example',
      'https://auth.example/',
      'https://auth.example/path',
      'https://user@auth.example',
      'HTTPS://auth.example',
      'ftp://auth.example',
      'http://auth.example',
      'http://192.168.1.2:3000',
      'null',
    ],
    DATABASE_URL: [
      ':memory:',
      'sqlite::memory:',
      'oracle://user:password@host/db',
      'postgres://user:password@host',
      'postgres://user:password@host/',
      'mysql://user:pass/word@host/db',
      'valkey://host/db',
      'constructor://host/db',
    ],
    SESSION_STORE_URL: ['localhost:6379', 'valkey:6379', 'http://host', 'postgres://host/db', 'x'],
    ADMIN_SETUP_CODE: ['short', 'x'.repeat(20), ` ${'x'.repeat(30)}`, 'x'.repeat(201)],
    SIGN_UP: ['yes', 'Open', 'true'],
    CACHE_LEASE_SECONDS: ['1', '301', '2.5', 'on'],
    TRUST_PROXY_HOPS: ['true', '-1', '11'],
    AUDIT_RETENTION_DAYS: ['0', 'forever', '40000'],
  }
  for (const [name, values] of Object.entries(bad)) {
    for (const value of values)
      assert.deepEqual(wrong({ [name]: value }), [name], `${name}=${value}`)
  }
})

test('all bad values are told of at once', () => {
  const environment = { PORT: 'x', SIGN_UP: 'x', ORIGIN: 'x', HOST: '0.0.0.0' }
  assert.deepEqual(wrong(environment), ['PORT', 'ORIGIN', 'SIGN_UP'])
})

test('a message holds neither the setup code nor what a database URL has beside its scheme', () => {
  assert.throws(
    () =>
      readConfig({
        ADMIN_SETUP_CODE: 'canary',
        DATABASE_URL: 'postgres://u:canary@h',
        SESSION_STORE_URL: 'valkey//u:canary@h',
      }),
    (error: Error) => !error.message.includes('canary') && error.message.includes('DATABASE_URL'),
  )
})

test('listening for other machines needs an origin that was chosen', () => {
  assert.deepEqual(wrong({ HOST: '0.0.0.0' }), ['HOST'])
  assert.deepEqual(wrong({ HOST: '192.168.1.2' }), ['HOST'])
  assert.deepEqual(wrong({ HOST: '::' }), ['HOST'])
  assert.deepEqual(wrong({ HOST: '::', ORIGIN: 'https://auth.example' }), [])
  assert.deepEqual(wrong({ HOST: '0.0.0.0', ORIGIN: 'http://localhost:3000' }), [])
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    assert.deepEqual(wrong({ HOST: host }), [])
  }
})

test('plain http is for this machine alone', () => {
  for (const origin of [
    'http://localhost',
    'http://app.localhost:1',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
  ]) {
    assert.equal(readConfig({ ORIGIN: origin }).origin, origin)
  }
})

test('a database is named by a path or by an SQLite URL', () => {
  const paths = {
    'data/x.sqlite': resolve('data/x.sqlite'),
    '/srv/x.sqlite': '/srv/x.sqlite',
    'sqlite:data/x.sqlite': resolve('data/x.sqlite'),
    'sqlite:/srv/x.sqlite': '/srv/x.sqlite',
    'sqlite:///srv/x.sqlite': '/srv/x.sqlite',
    'file:/srv/x.sqlite': '/srv/x.sqlite',
    'file:x.sqlite': resolve('x.sqlite'),
    './x.sqlite': resolve('x.sqlite'),
  }
  for (const [text, path] of Object.entries(paths)) {
    assert.deepEqual(readConfig({ DATABASE_URL: text }).database, { kind: 'sqlite', path }, text)
  }
  assert.deepEqual(wrong({ DATABASE_URL: 'sqlite://relative.sqlite' }), ['DATABASE_URL'])
})

test('a database on a server is named by its URL', () => {
  for (const [url, kind] of [
    ['postgres://user:password@db.example:5433/app?sslmode=verify-full', 'postgres'],
    ['postgresql://db.example/app', 'postgres'],
    ['postgres:///app?host=/run/postgresql', 'postgres'],
    ['mysql://user:password@db.example/app', 'mysql'],
    ['MariaDB://user@db.example/app', 'mysql'],
  ] as const) {
    assert.deepEqual(readConfig({ DATABASE_URL: url }).database, { kind, url })
  }
  for (const url of [
    'valkey://v.example',
    'redis://v.example:1/2',
    'rediss://:password@v.example',
  ]) {
    assert.equal(readConfig({ SESSION_STORE_URL: url }).sessionStoreUrl, url)
  }
})

test('audiences are URIs, each once, with scopes that RFC 6749 allows', () => {
  for (const bad of [
    'orders',
    'https://orders.example#x',
    'https://orders.example; https://orders.example',
    'https://orders.example orders:"read"',
    'https://ordérs.example',
  ]) {
    assert.deepEqual(wrong({ AUDIENCES: bad }), ['AUDIENCES'], bad)
  }
  for (const nothing of ['', ' ', ';']) {
    assert.deepEqual(readConfig({ AUDIENCES: nothing }).audiences, {})
  }
})

test('a key-encryption key is 32 bytes, and with a server needed; no message holds one', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'cloakroom-config-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'key')
  writeFileSync(file, `${key(3)}\n`)
  assert.deepEqual(readConfig({ KEY_ENCRYPTION_KEY_FILE: file }).keyEncryptionKeys, [key(3)])
  for (const bad of ['short', 'a'.repeat(44), key(1).replace('A', '+'), `${key(1)} ${key(2)} x`]) {
    assert.deepEqual(wrong({ KEY_ENCRYPTION_KEY: bad }), ['KEY_ENCRYPTION_KEY'])
  }
  writeFileSync(file, 'canary')
  for (const path of [file, join(folder, 'absent'), folder]) {
    assert.deepEqual(wrong({ KEY_ENCRYPTION_KEY_FILE: path }), ['KEY_ENCRYPTION_KEY_FILE'])
  }
  assert.throws(
    () => readConfig({ KEY_ENCRYPTION_KEY: 'canary', KEY_ENCRYPTION_KEY_FILE: file }),
    (error: Error) => !error.message.includes('canary'),
  )
  const onServer = { AUDIENCES: 'https://orders.example', DATABASE_URL: 'postgres://h/d' }
  assert.deepEqual(wrong(onServer), ['AUDIENCES'])
  assert.deepEqual(wrong({ ...onServer, KEY_ENCRYPTION_KEY: key(1) }), [])
  assert.deepEqual(wrong({ ...onServer, AUDIENCES: '' }), [])
})

function key(byte: number): string {
  return Buffer.alloc(32, byte).toString('base64url')
}
test('a shared cookie must be asked for with a domain that the host is in, and with TLS', () => {
  const shared = (ORIGIN: string, domain: string) =>
    wrong({ ORIGIN, DANGEROUSLY_SHARED_COOKIE_DOMAIN: domain })
  const refused = ['DANGEROUSLY_SHARED_COOKIE_DOMAIN']
  assert.deepEqual(shared('https://auth.app.example', 'app.example'), [])
  for (const domain of ['other.example', 'pp.example', '.app.example', 'example', 'app.example;']) {
    assert.deepEqual(shared('https://auth.app.example', domain), refused, domain)
  }
  assert.deepEqual(shared('https://192.0.2.1', '2.1'), refused)
  assert.deepEqual(shared('http://a.localhost', 'a.localhost'), refused)
  assert.deepEqual(shared('', 'app.example'), refused)
})
