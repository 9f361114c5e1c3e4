import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openShop, type Shop, verifyInQuery } from '../../../test/order-shop.ts'
import { signInAs } from '../../testing/index.ts'
import { integerBelow, pick, seededRandom } from '../../testing/random.ts'

const timeouts = {
  idleTimeoutSeconds: 1000,
  nonPersistentTimeoutSeconds: 4500,
  absoluteTimeoutSeconds: 9000,
}

/** What may have become of a session of alice, which bob may have begun. */
interface Fate {
  readonly name: string
  readonly sql: string
}

const session = (assignment: string) => `update cloakroom_sessions set ${assignment} where id = :id`
const older = (seconds: number) => session(`created_at = created_at - interval '${seconds} s'`)
const user = (name: string, assignment: string) =>
  `update users set ${assignment} where id = '${name}'`
const state = (name: string, assignment: string) => `
  insert into cloakroom_user_states (user_id, epoch) values ('${name}', 0) on conflict do nothing;
  update cloakroom_user_states set ${assignment} where user_id = '${name}'`

const fates: readonly Fate[] = [
  { name: 'nothing', sql: '' },
  { name: 'ended', sql: 'delete from cloakroom_sessions where id = :id' },
  { name: 'rotated', sql: session(`secret_hash = sha256('another')`) },
  { name: 'bound to a client', sql: session(`client_id = 'app'`) },
  { name: 'anonymous', sql: session('user_id = null') },
  { name: 'past its own deadline', sql: session(`expires_at = now() - interval '1 s'`) },
  { name: 'before its own deadline', sql: session(`expires_at = now() + interval '1 h'`) },
  { name: 'past the absolute timeout of today', sql: older(9010) },
  { name: 'before the absolute timeout of today', sql: older(8000) },
  { name: 'not persistent', sql: session('persistent = false') },
  { name: 'past the timeout of those that are not persistent', sql: older(4510) },
  { name: 'before the timeout of those that are not persistent', sql: older(4400) },
  { name: 'past the end of an impersonation', sql: older(3610) },
  { name: 'idle', sql: session(`last_seen_at = now() - interval '1010 s'`) },
  { name: 'not idle yet', sql: session(`last_seen_at = now() - interval '900 s'`) },
  { name: 'of an older epoch than its user', sql: state('alice', 'epoch = epoch + 1') },
  { name: 'of an older epoch than its impersonator', sql: state('bob', 'epoch = epoch + 1') },
  { name: 'of another epoch than everybody', sql: session('epoch = epoch + 1') },
  { name: 'of a blocked user', sql: state('alice', 'blocked_at = now()') },
  { name: 'of a blocked impersonator', sql: state('bob', 'blocked_at = now()') },
  { name: 'of a user who is banned', sql: user('alice', 'banned = true') },
  { name: 'of a user of whom it is unknown', sql: user('alice', 'banned = null') },
  { name: 'of a user who is deleted', sql: user('alice', 'deleted_at = now()') },
  { name: 'of an impersonator who is banned', sql: user('bob', 'banned = true') },
  { name: 'of a user who is gone', sql: session(`user_id = 'nobody'`) },
  { name: 'of an impersonator who is gone', sql: session(`impersonator_id = 'nobody'`) },
]

describe('cloakroom_verify', () => {
  let shop: Shop
  before(async () => {
    shop = await openShop(timeouts)
  })
  after(() => shop.close())

  /** What verify, and the function too, say of a session of alice after all this. */
  async function judge(happened: readonly Fate[], isImpersonated: boolean) {
    const { auth, application } = shop
    await application.query(`truncate cloakroom_sessions, cloakroom_user_states, users cascade;
      insert into users (id, banned) values ('alice', false), ('bob', false)`)
    const own = await signInAs(auth, isImpersonated ? 'bob' : 'alice')
    const { token, session } = isImpersonated ? await auth.impersonate(own.token, 'alice') : own
    for (const { sql } of happened) {
      await application.query(sql.replaceAll(':id', `'${session.id}'`))
    }
    const parameters = auth.tokenParameters(token)
    const [id, secretHash] = parameters
    const rows = await verifyInQuery(application, parameters)
    const byTable = await verifyInQuery(application, [id, secretHash, null, null])
    const { status } = await auth.verify(token)
    const what = `${isImpersonated ? 'impersonated, ' : ''}${happened.map(({ name }) => name)}`
    assert.equal(rows.length, status === 'authenticated' ? 1 : 0, what)
    assert.deepEqual(byTable, rows, `${what}, by the timeouts in the table`)
    return status
  }

  test('says of every session what verify says', async () => {
    const live: string[] = []
    for (const isImpersonated of [false, true]) {
      for (const fate of fates) {
        if ((await judge([fate], isImpersonated)) !== 'authenticated') continue
        live.push(`${isImpersonated ? 'impersonated, ' : ''}${fate.name}`)
      }
    }
    // So that it is not always the same that both say.
    assert.deepEqual(live, [
      'nothing',
      'before its own deadline',
      'before the absolute timeout of today',
      'not persistent',
      'past the timeout of those that are not persistent',
      'before the timeout of those that are not persistent',
      'past the end of an impersonation',
      'not idle yet',
      'of an older epoch than its impersonator',
      'of a blocked impersonator',
      'of an impersonator who is banned',
      'impersonated, nothing',
      'impersonated, before its own deadline',
      'impersonated, not persistent',
      'impersonated, not idle yet',
    ])
  })

  test('says what verify says of whatever happens together', async (t) => {
    const random = seededRandom(t)
    for (let round = 0; round < 150; round += 1) {
      const count = 1 + integerBelow(random, 3)
      const happened = Array.from({ length: count }, () => pick(random, fates))
      await judge(happened, random() < 0.5)
    }
  })
})
