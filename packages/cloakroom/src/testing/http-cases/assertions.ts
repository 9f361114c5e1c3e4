import assert from 'node:assert/strict'
import { type Reply, valuesOf } from './raw-request.ts'
import type { Site } from './site.ts'

export function assertNoCookie(reply: Reply, what: string): void {
  assert.deepEqual(valuesOf(reply, 'set-cookie'), [], `no Set-Cookie: ${what}`)
}

/** A problem of RFC 9457 with this code, which nothing may store. */
export function assertProblem(reply: Reply, status: number, code: string, what = ''): void {
  assert.equal(reply.status, status, `${what} ${reply.text}`)
  const [type] = valuesOf(reply, 'content-type')
  assert.equal(type, 'application/problem+json', what)
  assert.deepEqual(valuesOf(reply, 'cache-control'), ['no-store'], what)
  const body = JSON.parse(reply.text) as { code: string; status: number }
  assert.deepEqual({ code: body.code, status: body.status }, { code, status }, what)
}

/** Whether `GET /me` lets this `Cookie` header in. */
export async function assertSignedIn(site: Site, token: string, user: string): Promise<void> {
  const reply = await site.send({ path: '/me', headers: [site.cookie(token)] })
  assert.equal(reply.status, 200, reply.text)
  assert.equal(JSON.parse(reply.text).user.id, user)
}

export async function assertSignedOut(site: Site, token: string): Promise<void> {
  const reply = await site.send({ path: '/me', headers: [site.cookie(token)] })
  assertProblem(reply, 401, 'not_authenticated')
  assertNoCookie(reply, 'a dead token')
}
