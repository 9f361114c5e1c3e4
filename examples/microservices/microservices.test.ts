import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'

const hasPython = spawnSync('python3', ['--version']).status === 0
const email = 'ada@example.com'
const password = 'a ticket for one coat'

describe('one command runs all services', { skip: !hasPython && 'python3 is missing' }, () => {
  /** What it prints: the address of each service, and the client's id. */
  let at: Record<'AUTH' | 'ORDERS' | 'BILLING' | 'REPORTS' | 'CLIENT_ID', string>
  let setupCode = ''
  let refreshToken: string
  let end: () => Promise<number>

  before(async () => {
    const start = join(import.meta.dirname, 'start.ts')
    const child = spawn(process.execPath, ['--conditions=cloakroom-source', start], {
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    end = async () => {
      child.kill('SIGTERM')
      return (await exited)[0]
    }
    for await (const line of createInterface(child.stdout)) {
      setupCode ||= /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}/.exec(line)?.[0] ?? ''
      if (!line.startsWith('AUTH=')) continue
      at = Object.fromEntries(line.split(' ').map((pair) => pair.split('='))) as typeof at
      break
    }
    child.stdout.resume()
    const signedUp = await post('/api/sign-up', { email, password })
    assert.equal(signedUp.status, 201)
  })
  after(() => end())

  async function post(path: string, body: object, headers: Record<string, string> = {}) {
    const response = await fetch(at.AUTH + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    const isJson = response.headers.get('content-type')?.includes('json')
    // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
    return { status: response.status, body: (isJson ? await response.json() : undefined) as any }
  }

  async function signIn(): Promise<void> {
    const { body } = await post('/api/sign-in', { email, password, client_id: at.CLIENT_ID })
    refreshToken = body.refresh_token
  }

  async function form(path: string, fields: Record<string, string>) {
    const body = new URLSearchParams({ client_id: at.CLIENT_ID, ...fields })
    const response = await fetch(at.AUTH + path, { method: 'POST', body })
    return { status: response.status, text: await response.text() }
  }

  async function accessToken(resource: string, scope?: string): Promise<string> {
    const { status, text } = await form('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      resource,
      ...(scope !== undefined && { scope }),
    })
    assert.equal(status, 200, text)
    const answer = JSON.parse(text)
    refreshToken = answer.refresh_token
    return answer.access_token
  }

  async function statusOf(url: string, token: string, method = 'GET'): Promise<number> {
    const headers = { authorization: `Bearer ${token}` }
    return (await fetch(url, { method, headers })).status
  }

  /** A token for each service, which takes it. */
  async function threeTokens() {
    await signIn()
    const tokens = async () => ({
      orders: await accessToken('https://orders.example'),
      billing: await accessToken('https://billing.example'),
      reports: await accessToken('https://reports.example'),
    })
    let taken = await tokens()
    // Right after its start billing may not be listening yet.
    await waitUntil('all are taken', async () => {
      if ((await statuses(taken)).every((status) => status === 200)) return true
      taken = await tokens()
      return false
    })
    return taken
  }

  const hasHeard = (token: string) =>
    waitUntil('billing has heard of it', async () => (await statusOf(at.BILLING, token)) === 401)

  const statuses = (tokens: { orders: string; billing: string; reports: string }) =>
    Promise.all([
      statusOf(at.ORDERS, tokens.orders),
      statusOf(at.BILLING, tokens.billing),
      statusOf(at.REPORTS, tokens.reports),
    ])

  test('each takes the tokens for it, and no other’s', async () => {
    const tokens = await threeTokens()
    for (const url of [at.ORDERS, at.BILLING, at.REPORTS]) {
      assert.equal((await fetch(url)).status, 401)
      assert.equal(await statusOf(url, 'nonsense'), 401)
      assert.equal(await statusOf(url, refreshToken), 401)
    }
    assert.equal(await statusOf(at.ORDERS, tokens.billing), 401)
    assert.equal(await statusOf(at.REPORTS, tokens.orders), 401)
  })

  test('a token has the scopes that were asked for', async () => {
    await signIn()
    const reader = await accessToken('https://billing.example', 'invoices:read')
    assert.equal(await statusOf(at.BILLING, reader), 200)
    assert.equal(await statusOf(at.BILLING, reader, 'POST'), 403)
    const payer = await accessToken('https://billing.example')
    assert.equal(await statusOf(at.BILLING, payer, 'POST'), 200)
  })

  test('a log-out reaches who asks and who listens at once, and who verifies alone with the next token', async () => {
    const tokens = await threeTokens()
    assert.equal((await form('/oauth/revoke', { token: refreshToken })).status, 200)
    await hasHeard(tokens.billing)
    assert.deepEqual(await statuses(tokens), [200, 401, 401])
    const { status, text } = await form('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      resource: 'https://orders.example',
    })
    assert.deepEqual([status, JSON.parse(text).error], [400, 'invalid_grant'])
  })

  test('a block reaches who asks and who listens at once, and no new token is given', async () => {
    const tokens = await threeTokens()
    const cookie = await administrator()
    const { body } = await get('/api/admin/users?query=ada', cookie)
    const blocked = await post(`/api/admin/users/${body.users[0].id}/block`, {}, sent(cookie))
    assert.equal(blocked.status, 204)
    await hasHeard(tokens.billing)
    assert.deepEqual(await statuses(tokens), [200, 401, 401])
    const { status } = await form('/oauth/token', {
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
      resource: 'https://orders.example',
    })
    assert.equal(status, 400)
  })

  test('SIGTERM ends all of them', async () => {
    assert.equal(await end(), 0)
    for (const url of [at.AUTH, at.ORDERS, at.BILLING, at.REPORTS]) {
      await assert.rejects(fetch(url))
    }
  })

  const sent = (cookie: string) => ({ cookie, origin: at.AUTH })

  async function get(path: string, cookie: string) {
    const response = await fetch(at.AUTH + path, { headers: { cookie } })
    // biome-ignore lint/suspicious/noExplicitAny: tests say what they expect of it.
    return { body: (await response.json()) as any }
  }

  async function administrator(): Promise<string> {
    const account = { email: 'admin@example.com', password }
    await post('/api/sign-up', account)
    const { body } = await post('/api/sign-in', { ...account, transport: 'bearer' })
    const bearer = { authorization: `Bearer ${body.token}` }
    assert.equal((await post('/api/setup', { code: setupCode }, bearer)).status, 200)
    const signedIn = await fetch(`${at.AUTH}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: at.AUTH },
      body: JSON.stringify(account),
    })
    return signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  }
})
