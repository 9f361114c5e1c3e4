import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CloakroomError, type CloakroomErrorCode } from '../errors.ts'
import { type Challenge, problem, problemOf, refusalOf } from './problem.ts'
import type { Unauthenticated } from './verdict.ts'

const statuses: Readonly<Record<CloakroomErrorCode, number>> = {
  store_unavailable: 503,
  clock_skew: 503,
  sign_in_superseded: 401,
  user_inactive: 401,
  not_authenticated: 401,
  session_ended: 401,
  cross_site: 403,
  step_up_required: 403,
  impersonated_session: 403,
  too_many_sessions: 403,
  ambiguous_credentials: 400,
  malformed_authorization: 400,
  invalid_user_id: 400,
  invalid_data: 400,
  invalid_target: 400,
  invalid_scope: 400,
  update_conflict: 409,
  wrong_key_encryption_key: 500,
  schema_missing: 500,
  schema_newer: 500,
  schema_mismatch: 500,
}

const bearer: Challenge = {
  transports: ['cookie', 'bearer'],
  cookieName: '__Host-session',
  realm: 'app.example',
}
const onlyCookie: Challenge = { ...bearer, transports: ['cookie'] }

test('RFC 9457: a problem is JSON with type, title, status and code, which nothing stores', () => {
  const { status, headers, body } = problem(418, 'teapot', { 'x-kind': 'pot' })
  assert.equal(status, 418)
  assert.deepEqual(headers, {
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
    'x-kind': 'pot',
  })
  const expected = { type: 'about:blank', title: 'Error', status: 418, code: 'teapot' }
  assert.deepEqual(JSON.parse(body), expected)
})

test('every error of ours has its status, and its message is not told', () => {
  for (const [code, status] of Object.entries(statuses) as [CloakroomErrorCode, number][]) {
    const answer = problemOf(new CloakroomError(code, 'a secret'))
    assert.equal(answer.status, status, code)
    const { title, ...body } = JSON.parse(answer.body)
    assert.deepEqual(body, { type: 'about:blank', status, code })
    assert.ok(typeof title === 'string' && title !== 'Error', code)
    assert.ok(!JSON.stringify(answer).includes('a secret'))
    assert.equal(answer.headers['retry-after'], status === 503 ? '5' : undefined, code)
  }
})

test('RFC 9110 §15.5.2: every 401 carries a challenge, and RFC 6750 says which', () => {
  const realm = 'Bearer realm="app.example"'
  const dead = `${realm}, error="invalid_token"`
  const bad = `${realm}, error="invalid_request"`
  const cookies = 'Cookie cookie-name="__Host-session"'
  const reasons = [
    'malformed',
    'unknown',
    'expired',
    'idle',
    'inactive',
    'blocked',
    'revoked',
  ] as const
  const missing: Unauthenticated = { status: 'anonymous', reason: 'missing' }
  const refused = (reason: 'cross_site' | 'ambiguous_credentials' | 'malformed_authorization') =>
    ({ status: 'refused', reason }) as const
  const table: readonly (readonly [
    Unauthenticated | CloakroomError,
    number,
    string | undefined,
    string | undefined,
  ])[] = [
    [missing, 401, realm, cookies],
    ...reasons.map((reason) => [{ status: 'anonymous', reason }, 401, dead, cookies] as const),
    [refused('cross_site'), 403, undefined, undefined],
    [refused('ambiguous_credentials'), 400, bad, undefined],
    [refused('malformed_authorization'), 400, bad, undefined],
    [new CloakroomError('not_authenticated', ''), 401, realm, cookies],
    [new CloakroomError('sign_in_superseded', ''), 401, realm, cookies],
    [new CloakroomError('user_inactive', ''), 401, realm, cookies],
    [new CloakroomError('ambiguous_credentials', ''), 400, bad, undefined],
    [new CloakroomError('step_up_required', ''), 403, undefined, undefined],
    [new CloakroomError('invalid_data', ''), 400, undefined, undefined],
    [new CloakroomError('store_unavailable', ''), 503, undefined, undefined],
  ]
  for (const [cause, status, withBearer, withCookie] of table) {
    for (const [challenge, expected] of [
      [bearer, withBearer],
      [onlyCookie, withCookie],
    ] as const) {
      const answer = refusalOf(cause, challenge)
      assert.equal(answer.status, status)
      assert.equal(answer.headers['www-authenticate'], expected, JSON.stringify(cause))
    }
  }
})

test('401 does not say why', () => {
  const bodies = (['missing', 'unknown', 'blocked', 'idle'] as const).map(
    (reason) => refusalOf({ status: 'anonymous', reason }, bearer).body,
  )
  assert.equal(new Set(bodies).size, 1)
})
