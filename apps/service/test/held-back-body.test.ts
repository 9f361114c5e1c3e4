import assert from 'node:assert/strict'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { after, test } from 'node:test'
import { createClient, newUser, password } from './client.ts'
import { startService } from './start-service.ts'

const running = await startService()
const { origin } = running
after(() => running.stop())

/** A request whose head has been read by the service, and whose body is yet to come. */
async function holdBack(
  path: string,
  cookie: string | undefined,
  contentType: string,
  body: string,
): Promise<ClientRequest> {
  const held = request(origin + path, {
    method: 'POST',
    headers: {
      origin,
      cookie: cookie ?? '',
      expect: '100-continue',
      'content-type': contentType,
      'content-length': body.length,
    },
  })
  held.flushHeaders()
  // Node says this when it hands the request to the service.
  await new Promise((resolve) => held.once('continue', resolve))
  // One more exchange, so that the service has had time for all that needs no body.
  await fetch(`${origin}/healthz`)
  await fetch(`${origin}/readyz`)
  return held
}

async function finish(held: ClientRequest, body: string): Promise<number | undefined> {
  const answered = new Promise<IncomingMessage>((resolve) => held.once('response', resolve))
  held.end(body)
  const answer = await answered
  answer.resume()
  return answer.statusCode
}

test('a body that arrives after the block does nothing: the API', async () => {
  const eve = await newUser(origin, 'eve@example.com')
  const body = JSON.stringify({ code: running.setupCode })
  const held = await holdBack('/api/setup', eve.cookie(), 'application/json', body)
  await running.service.auth.block(eve.id)
  assert.equal(await finish(held, body), 401)
  assert.ok(await running.service.setupIsOpen())
})

test('a body that arrives after the block does nothing: a page', async () => {
  const mallory = await newUser(origin, 'mallory@example.com')
  const page = await mallory.get('/setup')
  const token = /name="form_token" value="([^"]+)"/.exec(page.text)?.[1]
  const body = `form_token=${token}&code=${running.setupCode}`
  const type = 'application/x-www-form-urlencoded'
  const held = await holdBack('/setup', mallory.cookie(), type, body)
  await running.service.auth.block(mallory.id)
  assert.equal(await finish(held, body), 303)
  assert.ok(await running.service.setupIsOpen())
})

test('a body that arrives after the session was ended from elsewhere ends no other session', async () => {
  const email = 'ada@example.com'
  const ada = await newUser(origin, email)
  const thief = createClient(origin)
  await thief.post('/api/sign-in', { email, password })
  const account = await thief.get('/account')
  const token = /name="form_token" value="([^"]+)"/.exec(account.text)?.[1]
  const body = `form_token=${token}&end=others`
  const type = 'application/x-www-form-urlencoded'
  const held = await holdBack('/account', thief.cookie(), type, body)
  assert.equal((await ada.delete('/api/sessions')).status, 200)
  assert.equal(await finish(held, body), 303)
  assert.equal((await ada.get('/api/session')).status, 200)
})
