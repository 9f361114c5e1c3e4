import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { verifyInQuery } from '../../../test/order-shop.ts'
import { testDatabase } from '../../../test/postgres-database.ts'
import { cloakroom } from '../../cloakroom.ts'
import { signInAs } from '../../testing/index.ts'
import { postgres } from './index.ts'

/** An application whose table is made by these statements, with users a, b and c, all signed in. */
async function open(t: TestContext, { tables, active }: { tables: string; active: string }) {
  const database = await testDatabase()
  const { application } = database
  await application.query(tables)
  await application.query(`insert into users (id) values ('a'), ('b'), ('c')`)
  const auth = await cloakroom({
    origin: 'http://localhost:3000',
    users: { table: 'users', id: { type: 'text' }, active },
    store: postgres(application, { migrate: true, timeoutSeconds: 30 }),
    pruneIntervalSeconds: false,
    // Of the look-ups in the background: what is tested is told to the callers.
    onError: () => {},
  })
  t.after(async () => {
    await auth.close()
    await database.close()
  })
  const tokens: string[] = []
  for (const id of ['a', 'b', 'c']) tokens.push((await signInAs(auth, id)).token)
  return { application, auth, tokens }
}

test('a user whose row makes `active` fail fails for itself alone, in however small a table', async (t) => {
  const { application, auth, tokens } = await open(t, {
    tables: 'create table users (id text primary key, divisor integer not null default 1)',
    active: '1 / divisor > 0',
  })
  await application.query(`analyze users; update users set divisor = 0 where id = 'b'`)
  const unavailable = { code: 'store_unavailable' }
  for (const [n, token] of tokens.entries()) {
    const inQuery = () => verifyInQuery(application, auth.tokenParameters(token))
    if (n === 1) {
      await assert.rejects(auth.verify(token), unavailable)
      await assert.rejects(inQuery(), { code: '22012' })
    } else {
      assert.equal((await auth.verify(token)).status, 'authenticated')
      assert.equal((await inQuery()).length, 1)
    }
  }
  await assert.rejects(signInAs(auth, 'b'), unavailable)
  assert.equal((await signInAs(auth, 'a')).user.id, 'a')
})

test('a function in `active` is asked about the one user, also where it is not said to be stable', async (t) => {
  const { application, auth, tokens } = await open(t, {
    tables: `create table users (id text primary key);
      create sequence asked;
      create function may_sign_in(id text) returns boolean language plpgsql volatile as $$
        begin return nextval('asked') > 0; end $$`,
    active: 'may_sign_in(id)',
  })
  await application.query(`insert into users select 'u' || n from generate_series(1, 1000) n`)
  const asked = async (what: () => Promise<unknown>) => {
    const { rows } = await application.query(`select setval('asked', 1)`)
    assert.equal(rows.length, 1)
    await what()
    return Number((await application.query('select last_value from asked')).rows[0].last_value) - 1
  }
  assert.equal(await asked(() => auth.verify(tokens[0])), 1)
  assert.equal(await asked(() => Promise.all(tokens.map((token) => auth.verify(token)))), 3)
  assert.equal(await asked(() => verifyInQuery(application, auth.tokenParameters(tokens[0]))), 1)
})

test('a column of `active` that the application drops cannot come to mean one of ours', async (t) => {
  const { application, auth, tokens } = await open(t, {
    tables: `create table users (id text primary key, expires_at timestamptz default now() + interval '1 day')`,
    active: 'expires_at > now()',
  })
  await application.query(`update users set expires_at = now() where id = 'a'`)
  assert.deepEqual(await auth.verify(tokens[0]), { status: 'anonymous', reason: 'inactive' })
  await application.query('alter table users drop column expires_at')
  await assert.rejects(auth.verify(tokens[0]), { code: 'store_unavailable' })
  await assert.rejects(verifyInQuery(application, auth.tokenParameters(tokens[0])), {
    code: '42703',
  })
})
