import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integerBelow, pick, seededRandom } from '../testing/random.ts'
import { type CookieOptions, cookieFor } from './cookie.ts'

const tls = cookieFor('https://app.example')
const local = cookieFor('http://localhost:3000')

test('ASVS 3.3.1: name and attributes follow from the origin alone', () => {
  const shared = { dangerouslySharedDomain: 'app.example' }
  const insecure = { dangerouslyInsecure: true }
  const matrix: readonly (readonly [string, CookieOptions | undefined, string])[] = [
    ['https://app.example', undefined, '__Host-session=T; Path=/; Secure; HttpOnly; SameSite=Lax'],
    ['https://localhost', undefined, '__Host-session=T; Path=/; Secure; HttpOnly; SameSite=Lax'],
    ['http://localhost', undefined, 'cloakroom-session=T; Path=/; HttpOnly; SameSite=Lax'],
    ['http://a.localhost:3000', undefined, 'cloakroom-session=T; Path=/; HttpOnly; SameSite=Lax'],
    ['http://127.0.0.1:3000', undefined, 'cloakroom-session=T; Path=/; HttpOnly; SameSite=Lax'],
    ['http://[::1]:3000', undefined, 'cloakroom-session=T; Path=/; HttpOnly; SameSite=Lax'],
    ['http://app.example', insecure, 'cloakroom-session=T; Path=/; HttpOnly; SameSite=Lax'],
    [
      'https://www.app.example',
      shared,
      '__Secure-session=T; Path=/; Domain=app.example; Secure; HttpOnly; SameSite=Lax',
    ],
    [
      'http://www.app.example',
      { ...shared, ...insecure },
      'cloakroom-session=T; Path=/; Domain=app.example; HttpOnly; SameSite=Lax',
    ],
  ]
  for (const [origin, options, expected] of matrix) {
    const cookie = cookieFor(origin, options)
    assert.equal(cookie.set('T', undefined), expected)
    assert.equal(cookie.set('T', 60), `${expected}; Max-Age=60`)
    assert.equal(cookie.clear(), `${expected.replace('=T', '=')}; Max-Age=0`)
    assert.equal(cookie.name, expected.slice(0, expected.indexOf('=')))
  }
})

test('ASVS 3.3.1, 3.3.3: options that are insecure unasked, or contradict the origin, throw', () => {
  const matrix: readonly (readonly [string, CookieOptions?])[] = [
    ['http://app.example'],
    ['http://192.0.2.1'],
    ['http://127.0.0.1.app.example'],
    ['http://127.1.app.example'],
    ['http://localhost.app.example'],
    ['http://notlocalhost'],
    ['http://[::2]'],
    ['http://app.example', { dangerouslySharedDomain: 'app.example' }],
    ['https://app.example', { dangerouslyInsecure: true }],
    ...[
      'other.example',
      'pp.example',
      'www.app.example',
      '.app.example',
      'app.example.',
      'APP.example',
      'example',
      '',
      'app.example; Path=/x',
      'app.example\r\nSet-Cookie: a=b',
      'app.example\n',
    ].map((domain) => ['https://app.example', { dangerouslySharedDomain: domain }] as const),
    ['https://192.0.2.1', { dangerouslySharedDomain: '192.0.2.1' }],
    ['https://192.0.2.1', { dangerouslySharedDomain: '2.1' }],
    ['http://localhost', { dangerouslySharedDomain: 'localhost' }],
  ]
  for (const [origin, options] of matrix) {
    assert.throws(
      () => cookieFor(origin, options),
      TypeError,
      `${origin} ${JSON.stringify(options)}`,
    )
  }
})

test('ASVS 3.3.5: the longest cookie is far below 4096 bytes', () => {
  const longest = cookieFor('https://app.example').set('x'.repeat(90), 34_560_000)
  assert.ok(longest.length < 250)
})

test('reads every value of its name, and only of its name', () => {
  const table: readonly (readonly [string | undefined, readonly string[]])[] = [
    [undefined, []],
    ['', []],
    [';', []],
    ['=', []],
    ['__Host-session', []],
    ['__Host-session=', ['']],
    ['__Host-session=a', ['a']],
    ['__Host-session=a;', ['a']],
    [';;__Host-session=a', ['a']],
    ['theme=dark; __Host-session=a; lang=de', ['a']],
    ['theme=dark;__Host-session=a;lang=de', ['a']],
    [' \t __Host-session \t = \t a \t ', ['a']],
    ['__Host-session=a; __Host-session=b', ['a', 'b']],
    ['__Host-session=a; __Host-session=a', ['a', 'a']],
    ['__Host-session=; __Host-session=a', ['', 'a']],
    ['__Host-session=a=b', ['a=b']],
    ['__Host-session="a"', ['"a"']],
    ['__Host-session=a, __Host-session=b', ['a, __Host-session=b']],
    ['=__Host-session=a', []],
    ['x=__Host-session=a', []],
    ['__host-session=a', []],
    ['__HOST-SESSION=a', []],
    ['\u00a0__Host-session=a', []],
    ['\u2003__Host-session=a', []],
    ['\ufeff__Host-session=a', []],
    ['\n__Host-session=a', []],
    ['\v__Host-session=a', []],
    ['\f__Host-session=a', []],
    ['\0__Host-session=a', []],
    ['__Host-session\u00a0=a', []],
    ['__Host-session=a\u00a0', ['a\u00a0']],
    ['$Version=1; __Host-session=a; $Path=/', ['a']],
    ['$Version=1, __Host-session=a', []],
    ['__Host-session%3da', []],
    ['__Secure-session=a; cloakroom-session=b; session=c', []],
  ]
  for (const [header, values] of table) {
    assert.deepEqual(tls.read(header), values, JSON.stringify(header))
  }
  assert.deepEqual(local.read('cloakroom-session=a; __Host-session=b'), ['a'])
})

test('what it sets, it reads again among any other cookies', (t) => {
  const random = seededRandom(t)
  const names = ['a', 'session', '__Host-', '__Host-session2', 'x__Host-session', '$Version', '']
  for (let round = 0; round < 5000; round += 1) {
    const pairs = Array.from(
      { length: integerBelow(random, 6) },
      () => `${pick(random, names)}${pick(random, ['=', '', ' = ', '=='])}${pick(random, names)}`,
    )
    const own = tls.set('token', undefined).split(';')[0] as string
    pairs.splice(integerBelow(random, pairs.length + 1), 0, own)
    const header = pairs.join(pick(random, ['; ', ';', ' ;\t']))
    assert.deepEqual(tls.read(header), ['token'], header)
  }
})

test('a hostile header takes no longer than its length deserves', () => {
  const size = 200_000
  const headers = [
    `a${' '.repeat(size)}b=1`,
    `__Host-session=a${'\t'.repeat(size)}b`,
    ';'.repeat(size),
    '='.repeat(size),
    '__Host-session=;'.repeat(size / 16),
    `${' '.repeat(size)};`,
  ]
  for (const header of headers) assertQuick(() => tls.read(header), header.slice(0, 20))
})

// Quadratic time would be minutes.
function assertQuick(run: () => unknown, what: string): void {
  const start = performance.now()
  run()
  assert.ok(performance.now() - start < 1000, what)
}
