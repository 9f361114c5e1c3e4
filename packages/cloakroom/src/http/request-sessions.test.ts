import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cloakroom } from '../cloakroom.ts'
import { memory } from '../stores/memory.ts'
import { signInAs } from '../testing/sign-in-as.ts'
import type { RequestHead, Transport } from './request-head.ts'
import { requestSessions } from './request-sessions.ts'

interface Exchange {
  readonly cookie?: string
  readonly authorization?: string
  readonly setCookies: string[]
}

function exchange(fields: Omit<Exchange, 'setCookies'> = {}): Exchange {
  return { ...fields, setCookies: [] }
}

async function open(transports?: readonly Transport[]) {
  let heads = 0
  const auth = await cloakroom({
    origin: 'https://app.example',
    transports: ['cookie', 'bearer'],
    store: memory(),
    users: { load: (id: string) => ({ id }) },
    pruneIntervalSeconds: false,
  })
  const sessions = requestSessions(
    auth,
    {
      headOf({ cookie, authorization }: Exchange): RequestHead {
        heads += 1
        return {
          method: 'POST',
          origin: 'https://app.example',
          cookie,
          authorization,
          secFetchSite: undefined,
          userAgent: undefined,
          ip: undefined,
        }
      },
      deliver(response: Exchange, setCookie) {
        if (setCookie !== undefined) response.setCookies.push(setCookie)
      },
      whenOver: (_response: Exchange) => {},
    },
    transports,
  )
  return { auth, sessions, readings: () => heads }
}

const forever = () => {}

test('a request that nothing has verified is an error, and not a signed-out user', async () => {
  const { auth, sessions } = await open()
  assert.throws(() => sessions.of(exchange()), { name: 'Error' })
  assert.throws(() => sessions.authenticated(exchange()), { name: 'Error' })
  const refused = exchange({ cookie: '__Host-session=a; __Host-session=b' })
  assert.equal((await sessions.check(refused, forever, 'unrefused'))?.status, 400)
  assert.throws(() => sessions.of(refused), { name: 'Error' })
  await auth.close()
})

test('a request is verified once, however much middleware it passes', async () => {
  const { auth, sessions, readings } = await open()
  const request = exchange({ cookie: (await signInAs(auth, 'alice')).cookie })
  for (const requirement of ['unrefused', 'authenticated', 'stepped_up'] as const) {
    assert.equal(await sessions.check(request, forever, requirement), undefined)
  }
  assert.equal(readings(), 1)
  assert.equal(sessions.authenticated(request).user.id, 'alice')
  await auth.close()
})

test('after a verb, `of` is what is true since', async () => {
  const { auth, sessions } = await open()
  const request = exchange()
  await sessions.check(request, forever, 'unrefused')
  assert.equal(sessions.of(request).status, 'anonymous')

  const anonymous = await sessions.createAnonymous(request, request)
  assert.deepEqual(sessions.of(request), {
    status: 'anonymous',
    reason: 'not_signed_in',
    session: anonymous.session,
  })
  const issued = await sessions.signIn(request, request, await auth.beginSignIn('alice'))
  assert.deepEqual(sessions.of(request), { status: 'authenticated', ...issued })
  assert.equal(await sessions.check(request, forever, 'stepped_up'), undefined)
  await sessions.signOut(request, request)
  assert.deepEqual(sessions.of(request), { status: 'anonymous', reason: 'missing' })
  assert.equal(request.setCookies.length, 3)
  await auth.close()
})

test('ASVS 3.3.4: no result of a verb holds the cookie', async () => {
  const { auth, sessions } = await open()
  const { cookie } = await signInAs(auth, 'alice')
  const request = exchange({ cookie })
  const results = [
    await sessions.createAnonymous(request, request),
    await sessions.impersonate(request, request, 'bob'),
    await sessions.stepUp(request, request, { methods: ['pwd'] }),
  ]
  results.push(await sessions.signIn(exchange(), request, await auth.beginSignIn('alice')))
  assert.doesNotMatch(JSON.stringify(results), /cloak_/)
  assert.equal(request.setCookies.length, 4)
  await auth.close()
})

test('transports of an adapter go before those of the instance, and are checked', async () => {
  const { auth, sessions } = await open(['bearer'])
  const { token, cookie } = await signInAs(auth, 'alice')
  const other = exchange({ cookie })
  assert.equal((await sessions.check(other, forever, 'authenticated'))?.status, 401)
  const request = exchange({ cookie, authorization: `Bearer ${token}` })
  assert.equal(await sessions.check(request, forever, 'authenticated'), undefined)
  assert.deepEqual(sessions.tokenParameters(request), auth.tokenParameters(token))
  assert.deepEqual(sessions.tokenParameters(exchange({ cookie })), [null, null, null, null])
  const issued = await sessions.signIn(exchange(), request, await auth.beginSignIn('alice'))
  assert.match(issued.token ?? '', /^cloak_/)
  await auth.close()

  await assert.rejects(open([]), TypeError)
  await assert.rejects(open(['query' as 'cookie']), TypeError)
})

test('an error that is not ours is left alone', async () => {
  const { auth, sessions } = await open()
  assert.equal(sessions.problemOf(new TypeError('x'), exchange()), undefined)
  assert.equal(sessions.problemOf('not_authenticated', exchange()), undefined)
  await auth.close()
})
