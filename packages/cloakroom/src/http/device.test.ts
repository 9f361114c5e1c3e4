import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pick, seededRandom } from '../testing/random.ts'
import { deviceLabel } from './device.ts'

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)'
const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const linux = 'Mozilla/5.0 (X11; Linux x86_64)'
const android = 'Mozilla/5.0 (Linux; Android 10; K)'
const iPhone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)'
const iPad = 'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X)'
const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const iosWebKit = 'AppleWebKit/605.1.15 (KHTML, like Gecko)'

test('real User-Agents become what a person recognises', () => {
  const table: readonly (readonly [string, string])[] = [
    [`${windows} ${webKit} Chrome/138.0.0.0 Safari/537.36`, 'Chrome on Windows'],
    [`${windows} ${webKit} Chrome/138.0.0.0 Safari/537.36 Edg/138.0.0.0`, 'Edge on Windows'],
    [`${windows} ${webKit} Chrome/138.0.0.0 Safari/537.36 OPR/122.0.0.0`, 'Opera on Windows'],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox on Windows',
    ],
    [`${mac} ${iosWebKit} Version/18.5 Safari/605.1.15`, 'Safari on macOS'],
    [`${mac} ${webKit} Chrome/138.0.0.0 Safari/537.36`, 'Chrome on macOS'],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 15.5; rv:140.0) Gecko/20100101 Firefox/140.0',
      'Firefox on macOS',
    ],
    [`${linux} ${webKit} HeadlessChrome/138.0.0.0 Safari/537.36`, 'Chrome on Linux'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${webKit} Chrome/138.0.0.0 Safari/537.36`,
      'Chrome on ChromeOS',
    ],
    [`${android} ${webKit} Chrome/138.0.0.0 Mobile Safari/537.36`, 'Chrome on Android'],
    [
      `${android} ${webKit} Chrome/138.0.0.0 Mobile Safari/537.36 EdgA/138.0.0.0`,
      'Edge on Android',
    ],
    [
      `${android} ${webKit} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet on Android',
    ],
    ['Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0', 'Firefox on Android'],
    [
      `Mozilla/5.0 (Linux; Android 14; Pixel 8 Build/AP2A; wv) ${webKit} Version/4.0 Chrome/138.0.0.0 Mobile Safari/537.36`,
      'Chrome on Android',
    ],
    [`${iPhone} ${iosWebKit} Version/18.5 Mobile/15E148 Safari/604.1`, 'Safari on iPhone'],
    [`${iPhone} ${iosWebKit} CriOS/138.0.7204.53 Mobile/15E148 Safari/604.1`, 'Chrome on iPhone'],
    [`${iPhone} ${iosWebKit} FxiOS/140.0 Mobile/15E148 Safari/605.1.15`, 'Firefox on iPhone'],
    [
      `${iPhone} ${iosWebKit} Version/18.0 EdgiOS/138.0 Mobile/15E148 Safari/604.1`,
      'Edge on iPhone',
    ],
    [`${iPhone} ${iosWebKit} Mobile/15E148`, 'iPhone'],
    [`${iPad} ${iosWebKit} Version/18.5 Mobile/15E148 Safari/604.1`, 'Safari on iPad'],
    ['curl/8.9.1', 'curl/8.9.1'],
    ['python-requests/2.32.3', 'python-requests/2.32.3'],
    ['okhttp/4.12.0', 'okhttp/4.12.0'],
    ['MyApp/3.1 CFNetwork/1494.0.7 Darwin/23.4.0', 'MyApp/3.1'],
    ['Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8)', 'Dalvik/2.1.0'],
    ['Mozilla/5.0 (compatible; Examplebot/1.0)', 'Mozilla/5.0'],
    ['node', 'node'],
  ]
  for (const [userAgent, label] of table) assert.equal(deviceLabel(userAgent), label, userAgent)
})

test('no User-Agent, or nothing in it that names a product, is no label', () => {
  for (const userAgent of [undefined, '', ' ', '(x)', '<script>', '\u202egnp.exe', '\0', 'é']) {
    assert.equal(deviceLabel(userAgent), null, JSON.stringify(userAgent))
  }
})

test('ASVS 3.2.2, 16.4.1: a label holds nothing but printable ASCII, and 40 characters at most', (t) => {
  const hostile = [
    `curl/${'8'.repeat(10_000)}`,
    'a'.repeat(41),
    'curl/8\r\nSet-Cookie: a=b',
    'curl/8\u001b[31mred',
    'curl/8\u2028x',
    'app<script>alert(1)</script>',
    'app\0x',
    `Firefox/${'\u202e'.repeat(10_000)} Linux`,
  ]
  const random = seededRandom(t)
  const parts = [
    ...hostile,
    'Mozilla/5.0',
    'Chrome/1',
    'Windows',
    'é',
    '\x7f',
    '\x85',
    ' ',
    '(',
    '"',
  ]
  for (let round = 0; round < 5000; round += 1) {
    hostile.push([1, 2, 3].map(() => pick(random, parts)).join(''))
  }
  for (const userAgent of hostile) {
    const label = deviceLabel(userAgent)
    assert.match(label ?? '', /^[\x20-\x7e]{0,40}$/)
    assert.doesNotMatch(label ?? '', /[<>"]/)
  }
})

test('a hostile User-Agent takes no longer than its length deserves', () => {
  const size = 200_000
  for (const userAgent of [
    `Version/${'1'.repeat(size)}`,
    'Version/1 '.repeat(size / 10),
    'Version/1.'.repeat(size / 10),
    `Version/1${' '.repeat(size)}`,
    'Mac OS '.repeat(size / 7),
    'a'.repeat(size),
  ]) {
    const start = performance.now()
    deviceLabel(userAgent)
    assert.ok(performance.now() - start < 1000, userAgent.slice(0, 20))
  }
})
