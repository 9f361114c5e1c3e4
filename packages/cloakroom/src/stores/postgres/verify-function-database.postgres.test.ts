import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import type { Pool, PoolClient } from 'pg'
import {
  openShop,
  type Shop,
  type ShopDatabase,
  type ShopOptions,
  verifyInQuery,
} from '../../../test/order-shop.ts'
import { migrate } from '../../core/migrate.ts'
import { formatToken } from '../../core/token.ts'
import type { UserId } from '../../core/user.ts'
import { signInAs } from '../../testing/index.ts'
import { postgres } from './index.ts'

async function shopFor(
  t: TestContext,
  options?: ShopOptions,
  database?: ShopDatabase,
): Promise<Shop> {
  const shop = await openShop(options, database)
  t.after(() => shop.close())
  return shop
}

/** A connection with settings of its own, which nobody gets afterwards. */
async function onConnection<Result>(
  pool: Pool,
  run: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect()
  try {
    return await run(client)
  } finally {
    client.release(true)
  }
}

/** Alice, not banned, signed in. */
async function signInAlice({ application, auth }: Shop): Promise<string> {
  await application.query(`insert into users (id, banned) values ('alice', false)`)
  return (await signInAs(auth, 'alice')).token
}

/** `value` makes one of the number n. */
const idsOf: readonly (ShopDatabase & { readonly value: string; readonly userId: UserId })[] = [
  { id: 'text', type: 'text', value: `'u' || n`, userId: 'alice' },
  { id: 'text collate "C"', type: 'text', value: `'u' || n`, userId: 'alice' },
  { id: 'varchar(40)', type: 'text', value: `'u' || n`, userId: 'alice' },
  {
    id: 'uuid',
    type: 'uuid',
    value: `md5(n::text)::uuid`,
    userId: '01890a5d-ac96-774b-bcce-b302099a8057',
  },
  { id: 'integer', type: 'integer', value: 'n', userId: 7 },
  { id: 'bigint', type: 'bigint', value: 'n', userId: '9007199254740999' },
]

describe('cloakroom_verify gives', () => {
  test('the columns of the session, as auth.verify has them', async (t) => {
    const { application, auth } = await shopFor(t)
    await application.query(
      `insert into users (id, banned) values ('alice', false), ('bob', false)`,
    )
    const { token, session } = await signInAs(auth, 'alice', {
      methods: ['pwd', 'otp'],
      ip: '192.0.2.1',
      device: 'Firefox on Linux',
      data: { theme: 'dark', nothing: '\u0000' },
    })
    const { readAt: _, id, idleExpiresAt, ...columns } = session
    const [row] = await verifyInQuery(application, auth.tokenParameters(token))
    assert.deepEqual(row, {
      session_id: id,
      user_id: columns.userId,
      impersonator_id: null,
      created_at: columns.createdAt,
      last_seen_at: columns.lastSeenAt,
      expires_at: columns.expiresAt,
      persistent: true,
      authenticated_at: columns.authenticatedAt,
      methods: ['pwd', 'otp'],
      ip: '192.0.2.1',
      device: 'Firefox on Linux',
      data: columns.data,
    })
    const acted = await auth.impersonate(token, 'bob')
    const [other] = await verifyInQuery(application, auth.tokenParameters(acted.token))
    assert.equal(other?.user_id, 'bob')
    assert.equal(other.impersonator_id, 'alice')
    assert.equal(other.authenticated_at, null)
    assert.deepEqual(other.methods, [])
    assert.deepEqual(other.expires_at, acted.session.expiresAt)
  })

  test('the end of the session by whatever ends it first', async (t) => {
    const shop = await shopFor(t)
    const token = await signInAlice(shop)
    const [id, hash] = shop.auth.tokenParameters(token)
    const lifetime = async (absoluteSeconds: number) => {
      const [row] = await verifyInQuery(shop.application, [id, hash, 1000, absoluteSeconds])
      return (Number(row?.expires_at) - Number(row?.created_at)) / 1000
    }
    assert.equal(await lifetime(1000), 1000)
    assert.equal(await lifetime(10 ** 9), 30 * 86_400)
    await shop.application.query('update cloakroom_sessions set persistent = false')
    assert.equal(await lifetime(10 ** 9), 86_400)
    await shop.application.query(`update cloakroom_sessions set impersonator_id = 'alice'`)
    assert.equal(await lifetime(10 ** 9), 3600)
  })

  test('user ids of exactly the type and the collation that users have', async (t) => {
    for (const tables of idsOf) {
      const { application } = await shopFor(t, {}, tables)
      const { rows } = await application.query(`select a.attname, a.atttypid = i.atttypid
          and a.attcollation = i.attcollation as is_same
        from pg_attribute a join pg_attribute i on i.attrelid = 'users'::regclass and i.attname = 'id'
        where a.attrelid = 'cloakroom_verified_session'::regclass and a.attname like '%\\_id'`)
      assert.deepEqual(Object.fromEntries(rows.map((row) => [row.attname, row.is_same])), {
        session_id: tables.id === 'uuid',
        user_id: true,
        impersonator_id: true,
      })
    }
  })

  test('nothing for a wrong secret, and nothing for a token that cannot be live', async (t) => {
    const shop = await shopFor(t)
    const [id, , ...timeouts] = shop.auth.tokenParameters(await signInAlice(shop))
    assert.deepEqual(await verifyInQuery(shop.application, [id, randomBytes(32), ...timeouts]), [])
    assert.deepEqual(await verifyInQuery(shop.application, [id, Buffer.of(), ...timeouts]), [])
    assert.deepEqual(await verifyInQuery(shop.application, [id, null, ...timeouts]), [])
    for (const token of [undefined, '', 'no token']) {
      const none = shop.auth.tokenParameters(token)
      assert.deepEqual(await verifyInQuery(shop.application, none), [])
    }
  })

  test('nothing in the statement after a log-out, a block, a plain SQL update of the user', async (t) => {
    const { auth, application } = await shopFor(t)
    await application.query(`insert into users (id, banned) values ('alice', false)`)
    const ends: Record<string, (token: string) => Promise<unknown>> = {
      'log-out': (token) => auth.signOut(token),
      'log-out everywhere': () => auth.revoke({ userId: 'alice' }),
      'everybody signed out': () => auth.revoke({ everybody: true }),
      block: () => auth.block('alice'),
      'plain SQL': () => application.query('update users set deleted_at = now()'),
    }
    for (const [name, end] of Object.entries(ends)) {
      const { token } = await signInAs(auth, 'alice')
      const parameters = auth.tokenParameters(token)
      assert.equal((await verifyInQuery(application, parameters)).length, 1, name)
      await end(token)
      assert.deepEqual(await verifyInQuery(application, parameters), [], name)
      await auth.unblock('alice')
    }
  })

  test('what the timeouts of the application opened last say, where the statement says nothing', async (t) => {
    const shop = await shopFor(t, { idleTimeoutSeconds: 1000 })
    const [id, hash] = shop.auth.tokenParameters(await signInAlice(shop))
    const isLive = async () =>
      (await verifyInQuery(shop.application, [id, hash, null, null])).length === 1
    await shop.application.query(`update cloakroom_sessions
      set created_at = now() - interval '900 s', last_seen_at = now() - interval '400.2 s'`)
    assert(await isLive())
    await shop.openAuth({ idleTimeoutSeconds: 400.9 })
    assert(!(await isLive()))
    await shop.openAuth({ absoluteTimeoutSeconds: 800 })
    assert(!(await isLive()))
    await shop.openAuth({ nonPersistentTimeoutSeconds: 800 })
    assert(await isLive())
    await shop.application.query('update cloakroom_sessions set persistent = false')
    assert(!(await isLive()))
    await shop.openAuth({ store: { verifyFunction: false } })
    assert(!(await isLive()), 'an application that does not use it changes nothing')
  })
})

const modes = ['force_custom_plan', 'force_generic_plan']

describe('the planner', () => {
  /** So many that a plan by anything but keys would show. */
  const fill = (id: string) => `
    insert into users (id, banned) select ${id}, false from generate_series(10, 5000) n;
    insert into orders (user_id, title) select ${id}, 'order' from generate_series(10, 5000) n, generate_series(1, 4);
    insert into cloakroom_user_states (user_id, epoch) select ${id}, 0 from generate_series(10, 3000) n;
    insert into cloakroom_sessions (id, created_at, last_seen_at, expires_at, epoch, data_version,
        user_id, persistent, secret_hash, family_hash, methods, data)
      select gen_random_uuid(), now(), now(), now() + interval '1 day', 0, 0,
        ${id}, true, sha256(n::text::bytea), sha256(''), '', '{}'
      from generate_series(10, 5000) n;
    analyze users, orders, cloakroom_user_states, cloakroom_sessions, cloakroom_state`

  for (const { value, userId, ...tables } of idsOf) {
    test(`makes the function part of the statement, and goes by keys: ${tables.id}`, async (t) => {
      const { application, auth } = await shopFor(t, {}, tables)
      await application.query(fill(value))
      await application.query('insert into users (id, banned) values ($1, false)', [userId])
      await application.query(
        `insert into orders (user_id, title) values ($1, 'one'), ($1, 'two')`,
        [userId],
      )
      const { token } = await signInAs(auth, userId)
      const sql = `select o.title from cloakroom_verify($1, $2, $3, $4) s
        join orders o on o.user_id = s.user_id order by o.id`
      const { rows } = await application.query(sql, [...auth.tokenParameters(token)])
      assert.deepEqual(rows, [{ title: 'one' }, { title: 'two' }])

      for (const mode of modes) {
        const plan = await explain(application, mode, sql, auth.tokenParameters(token))
        assert.doesNotMatch(plan, /Function Scan|cloakroom_verify/, plan)
        const scans = [
          ...plan.matchAll(
            /(Seq Scan|(?<!Bitmap )Index (?:Only )?Scan|Bitmap Heap Scan).* on (\w+)/g,
          ),
        ]
        const byKey = scans.map(
          ([, kind, table]) => `${kind === 'Seq Scan' ? 'all' : 'key'} ${table}`,
        )
        assert.deepEqual(
          new Set(byKey),
          new Set([
            'all cloakroom_state',
            'key cloakroom_sessions',
            'key cloakroom_user_states',
            'key users',
            'key orders',
          ]),
          plan,
        )
      }
    })
  }

  test('finds by the session also what is joined before it', async (t) => {
    const { application, auth } = await shopFor(t, {}, { id: 'bigint', type: 'bigint' })
    await application.query(`create table items (order_id bigint references orders, name text);
      create index on items (order_id); ${fill('n')};
      insert into items select id, 'item' from orders; analyze items;
      insert into users (id, banned) values (7, false)`)
    const { token } = await signInAs(auth, '7')
    const sql = `select i.name from orders o join items i on i.order_id = o.id
      join cloakroom_verify($1, $2, $3, $4) s on s.user_id = o.user_id`
    for (const mode of modes) {
      const plan = await explain(application, mode, sql, auth.tokenParameters(token))
      assert.doesNotMatch(plan, /Seq Scan on (?!cloakroom_state )/, plan)
    }
  })

  function explain(
    pool: Pool,
    mode: string,
    sql: string,
    [id, hash, idle, absolute]: ReturnType<Shop['auth']['tokenParameters']>,
  ): Promise<string> {
    return onConnection(pool, async (client) => {
      await client.query(`set plan_cache_mode = ${mode};
        prepare verify (uuid, bytea, double precision, double precision) as ${sql}`)
      const { rows } = await client.query<[string]>({
        text: `explain (costs off) execute verify ('${id}', '\\x${hash?.toString('hex')}', ${idle}, ${absolute})`,
        rowMode: 'array',
      })
      return rows.join('\n')
    })
  }
})

describe('the function', () => {
  test('finds its tables whatever the search path, and no others', async (t) => {
    const shop = await shopFor(t)
    const parameters = shop.auth.tokenParameters(await signInAlice(shop))
    const { schema, application } = shop
    await application.query(`create schema ${schema}_trap;
      create table ${schema}_trap.cloakroom_sessions as table cloakroom_sessions;
      create table ${schema}_trap.cloakroom_user_states as table cloakroom_user_states;
      create table ${schema}_trap.cloakroom_state as table cloakroom_state;
      create table ${schema}_trap.users as table users`)
    await shop.auth.revoke({ userId: 'alice' })
    const sql = `select * from ${schema}.cloakroom_verify($1, $2, $3, $4)`
    for (const path of [`${schema}_trap, ${schema}`, `''`]) {
      const { rows } = await onConnection(application, async (client) => {
        await client.query(`set search_path = ${path}`)
        return client.query(sql, [...parameters])
      })
      assert.deepEqual(rows, [], path)
    }
  })

  test('gives nobody more rights than the caller has', async (t) => {
    const shop = await shopFor(t)
    const parameters = shop.auth.tokenParameters(await signInAlice(shop))
    const { schema, application } = shop
    await application.query(`create role ${schema}; grant usage on schema ${schema} to ${schema};
      grant select on users, cloakroom_user_states, cloakroom_state to ${schema}`)
    const asThatRole = () =>
      onConnection(application, async (client) => {
        await client.query(`set role ${schema}`)
        const sql = 'select user_id from cloakroom_verify($1, $2, $3, $4)'
        return (await client.query(sql, [...parameters])).rows
      })
    try {
      await assert.rejects(asThatRole(), { code: '42501' })
      await application.query(`grant select on cloakroom_sessions to ${schema}`)
      assert.deepEqual(await asThatRole(), [{ user_id: 'alice' }])
    } finally {
      await application.query(`drop owned by ${schema}; drop role ${schema}`)
    }
  })

  test('leaves the touch to `tokenParameters`, which goes by the secret: ids are public', async (t) => {
    const shop = await shopFor(t)
    const token = await signInAlice(shop)
    const idleHours = async () => {
      const sql = `select extract(epoch from now() - last_seen_at)::float8 / 3600 as hours from cloakroom_sessions`
      return (await shop.application.query<{ hours: number }>(sql)).rows[0]?.hours ?? Infinity
    }
    await shop.application.query(
      `update cloakroom_sessions set last_seen_at = now() - interval '9 h'`,
    )
    const id = Buffer.from(token.slice(6), 'base64url').subarray(0, 16)
    const guess = formatToken('cloak_', { id, secret: randomBytes(32) })
    for (const [shown, isTouched] of [
      [guess, false],
      [token, true],
    ] as const) {
      const auth = await shop.openAuth()
      await verifyInQuery(shop.application, auth.tokenParameters(shown))
      await auth.close()
      assert.equal((await idleHours()) < 1, isTouched)
    }
  })

  test('leaves the application free to alter its users table', async (t) => {
    const { application } = await shopFor(t)
    await application.query(`alter table users alter column banned type integer using banned::integer;
      alter table users drop column deleted_at; drop table orders; drop table users`)
  })

  test('follows the users option when it is migrated, and refuses to start until then', async (t) => {
    const shop = await shopFor(t)
    const parameters = shop.auth.tokenParameters(await signInAlice(shop))
    const { pool } = shop.open('pg')
    const users = { ...shop.users, active: `name <> '$cloakroom$ \\ '' --' -- $_cloakroom$` }
    const refused = { code: 'schema_mismatch' }
    await assert.rejects(shop.openAuth({ users, store: { migrate: false } }), refused)
    await migrate({ store: postgres(pool), users })
    assert.deepEqual(await verifyInQuery(shop.application, parameters), [])
    await shop.application.query(`update users set name = 'Alice'`)
    assert.equal((await verifyInQuery(shop.application, parameters)).length, 1)
    await shop.openAuth({ users, store: { migrate: false } })
  })
})
