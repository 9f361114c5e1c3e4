import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloakroom } from '../cloakroom.ts'
import { memory } from '../stores/memory.ts'
import { signInAs } from '../testing/sign-in-as.ts'
import type { RequestHead, Transport } from './request-head.ts'

const origin = 'https://app.example'

async function open(transports: readonly Transport[] = ['cookie', 'bearer']) {
  const auth = await cloakroom({
    origin,
    transports,
    store: memory(),
    users: { load: (id: string) => ({ id }) },
    pruneIntervalSeconds: false,
  })
  return { auth, http: auth.http, close: () => auth.close() }
}

function head(fields: Partial<RequestHead> = {}): RequestHead {
  return {
    method: 'POST',
    cookie: undefined,
    authorization: undefined,
    origin,
    secFetchSite: undefined,
    userAgent: undefined,
    ip: undefined,
    ...fields,
  }
}

test('every verb that changes something refuses on its own what authenticate refuses', async () => {
  const { auth, http, close } = await open()
  const { token, cookie } = await signInAs(auth, 'alice')
  const refused = {
    cross_site: head({ cookie, origin: 'https://evil.example' }),
    ambiguous_credentials: head({ cookie: `${cookie}; ${cookie}` }),
    malformed_authorization: head({ authorization: `Bearer ${token} ${token}` }),
  }
  const attempt = await auth.beginSignIn('alice')
  const transports = ['cookie', 'bearer'] as const
  for (const [code, bad] of Object.entries(refused)) {
    assert.deepEqual(await http.authenticate(bad), { status: 'refused', reason: code })
    const transport = code === 'malformed_authorization' ? 'bearer' : 'cookie'
    const calls = [
      http.signIn(bad, attempt, { transport }),
      http.createAnonymous(bad, { transport }),
      http.rotate(bad, { transports }),
      http.stepUp(bad, { methods: ['pwd'] }),
      http.impersonate(bad, 'bob'),
      http.signOut(bad),
    ]
    for (const call of calls) await assert.rejects(call, { code })
    assert.throws(() => http.tokenParameters(bad), { code })
  }
  assert.equal((await auth.verify(token)).status, 'authenticated')
  assert.equal((await auth.list('alice')).length, 1)
  await close()
})

test('token parameters are those of the one credential, also where a link from elsewhere leads', async () => {
  const { auth, http, close } = await open()
  const { token, cookie } = await signInAs(auth, 'alice')
  const expected = auth.tokenParameters(token)
  assert.deepEqual(http.tokenParameters(head({ cookie })), expected)
  assert.deepEqual(http.tokenParameters(head({ authorization: `Bearer ${token}` })), expected)
  const link = { method: 'GET', origin: undefined, secFetchSite: 'cross-site' }
  assert.deepEqual(http.tokenParameters(head({ cookie, ...link })), expected)
  const none = [null, null, null, null]
  assert.deepEqual(http.tokenParameters(head()), none)
  assert.deepEqual(http.tokenParameters(head({ cookie }), { transports: ['bearer'] }), none)
  await close()
})

test('the session that a log-in ends is the one that the request carries, whatever it is told', async () => {
  const { auth, http, close } = await open()
  const { token, cookie } = await signInAs(auth, 'alice')
  const attempt = await auth.beginSignIn('alice')
  const options = { carried: undefined } as object
  await http.signIn(head({ cookie }), attempt, options)
  assert.equal((await auth.verify(token)).status, 'anonymous')
  await close()
})

test('an IPv4 client of a dual-stack socket is listed under its IPv4 address', async () => {
  const { auth, http, close } = await open()
  const addresses = [
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::ffff:c000:201', '::ffff:c000:201'],
    ['nonsense', null],
    [undefined, null],
  ] as const
  for (const [ip, expected] of addresses) {
    const { session } = await http.signIn(head({ ip }), await auth.beginSignIn('alice'))
    assert.equal(session.ip, expected)
  }
  await close()
})

test('a token goes where the instance looks for it: the first of its transports', async () => {
  for (const transports of [['cookie'], ['bearer'], ['cookie', 'bearer']] as const) {
    const { auth, http, close } = await open(transports)
    const issued = await http.signIn(head(), await auth.beginSignIn('alice'))
    const isCookie = transports[0] === 'cookie'
    assert.deepEqual(
      [issued.token === undefined, issued.setCookie !== undefined],
      [isCookie, isCookie],
    )
    const anonymous = await http.createAnonymous(head())
    assert.equal(anonymous.setCookie !== undefined, isCookie)
    await close()
  }
})

test('where only bearer tokens are taken, sign-out touches no cookie', async () => {
  const { auth, http, close } = await open(['bearer'])
  assert.deepEqual(await http.signOut(head()), { ended: [] })
  const { token, session } = await signInAs(auth, 'alice')
  const authorization = `Bearer ${token}`
  assert.deepEqual(await http.signOut(head({ authorization })), { ended: [session.id] })
  await close()
})
