import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import {
  freshPostgresSchema,
  queryPostgres,
  sharedPostgres,
  waitUntil,
} from '@cloakroom/test-servers'
import { cloakroom, migrate } from 'cloakroom'
import { postgres } from 'cloakroom/postgres'
import { signInAs } from 'cloakroom/testing'
import { Pool } from 'pg'

const folder = import.meta.dirname
const page = readFileSync(join(folder, '../docs/postgres-in-one-query.md'), 'utf8')
const users = { table: 'users', id: { type: 'bigint' }, active: 'not banned' } as const
const examples = ['one-query', 'one-query-postgres-js']

function blocksOf(language: string): string[] {
  const blocks = page.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))
  return [...blocks].map(([, block = '']) => block)
}

describe('docs/postgres-in-one-query.md', () => {
  for (const name of examples) {
    it(`has the handlers of examples/${name}.ts, word for word`, () => {
      const code = readFileSync(join(folder, `${name}.ts`), 'utf8')
      assert(
        blocksOf('ts').some((block) => code.includes(block) && block.includes('cloakroom_verify')),
      )
    })
  }
})

describe('each example answers by one query', () => {
  let url: string
  let pool: Pool

  before(async () => {
    url = (await freshPostgresSchema(await sharedPostgres())).url
    pool = new Pool({ connectionString: url })
    const schema = `
      create table users (id bigint primary key, banned boolean not null default false);
      create table orders (
        id bigint generated always as identity primary key,
        user_id bigint not null references users,
        title text not null
      );
      insert into users values (1), (2), (3);
      insert into orders (user_id, title) values (1, 'A hat'), (1, 'A coat')`
    await queryPostgres(url, schema)
    await migrate({ store: postgres(pool), users })
  })
  after(() => pool.end())

  it("and the page's statements are valid", async () => {
    const statements = blocksOf('sql')
    assert(statements.length > 0)
    for (const each of statements) await queryPostgres(url, `prepare statement as ${each}`)
  })

  for (const name of examples) {
    it(`examples/${name}.ts`, async () => {
      const port = await freePort()
      const origin = `http://localhost:${port}`
      const example = spawn(
        process.execPath,
        ['--conditions=cloakroom-source', join(folder, `${name}.ts`)],
        {
          env: { ...process.env, PORT: String(port), DATABASE_URL: url },
          stdio: ['ignore', 'inherit', 'inherit'],
        },
      )
      const auth = await cloakroom({ origin, store: postgres(pool), users })
      try {
        await whenListening(origin, example)
        await visit(origin, async (userId) => (await signInAs(auth, userId)).cookie)
        if (name === 'one-query') await order(origin, (await signInAs(auth, '3')).cookie)
      } finally {
        example.kill()
        await Promise.all([once(example, 'exit'), auth.close()])
      }
    })
  }
})

async function visit(origin: string, signIn: (userId: string) => Promise<string>): Promise<void> {
  const get = (cookie: string) => fetch(`${origin}/orders`, { headers: { cookie } })
  const [alice, bob] = [await signIn('1'), await signIn('2')]
  const orders = [
    { id: '1', title: 'A hat' },
    { id: '2', title: 'A coat' },
  ]
  const mine = await get(alice)
  assert.equal(mine.status, 200)
  assert.deepEqual(((await mine.json()) as unknown[]).slice(0, 2), orders)
  assert.deepEqual(await (await get(bob)).json(), [], 'signed in, but without orders')
  for (const cookie of ['', alice.slice(0, -1), `${alice}; ${alice}`]) {
    assert.match(String((await get(cookie)).status), /^40[01]$/)
  }
}

/** A write happens for whoever is signed in, or not at all. */
async function order(origin: string, cookie: string): Promise<void> {
  const post = (headers: Record<string, string>) =>
    fetch(`${origin}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"title":"An umbrella"}',
    })
  assert.equal((await post({ origin })).status, 401)
  assert.equal((await post({ origin: 'https://evil.example', cookie })).status, 403)
  const created = await post({ origin, cookie })
  assert.equal(created.status, 201)
  const mine = await fetch(`${origin}/orders`, { headers: { cookie } })
  assert.deepEqual(await mine.json(), [await created.json()])
}

async function whenListening(url: string, example: ChildProcess): Promise<void> {
  await waitUntil('the example listens', async () => {
    if (example.exitCode !== null) throw new Error('The example has ended')
    return await fetch(url).then(
      () => true,
      () => false,
    )
  })
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
