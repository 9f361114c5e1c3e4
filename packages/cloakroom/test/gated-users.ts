import type { TestContext } from 'node:test'
import { waitUntil } from '@cloakroom/test-servers'
import type { Pool } from 'pg'
import { type Cloakroom, cloakroom } from '../src/cloakroom.ts'
import { postgres } from '../src/stores/postgres/index.ts'
import { signInAs } from '../src/testing/index.ts'
import { type Driver, type TestDatabase, testDatabase } from './postgres-database.ts'

/** Users whose `active` condition can fail, and can wait for a gate to open. */
export interface GatedUsers extends TestDatabase {
  readonly auth: Cloakroom<{ readonly id: string; readonly name: string }>
  /** Statements that the store has sent, over a pool of `pg`; a transaction counts as one. */
  statements(): number
  /** Signs the users `u0`, `u1`, … in; their tokens. */
  signIn(count: number): Promise<string[]>
  /** Changes a user by SQL. */
  change(user: string, assignment: string): Promise<void>
  /** Shuts a gate: the statements that look at a user with its number wait until it opens. */
  shut(gate: number): Promise<Gate>
}

export interface Gate {
  open(): Promise<void>
  /** The server's process whose statement waits at it. */
  arrival(): Promise<number>
}

export interface GatedOptions {
  readonly driver?: Driver
  readonly timeoutSeconds?: number
  /** Where the store connects, in place of the server itself. */
  readonly through?: (url: string) => string
}

const tables = `
  create table users (
    id text primary key,
    name text not null,
    divisor integer not null default 1,
    gate integer
  );
  create function may_sign_in(divisor integer, gate integer) returns boolean language plpgsql as $$
  begin
    if divisor = -1 then raise exception 'the card of % is lost', divisor; end if;
    if divisor = -2 then raise exception 'the card is lost' using errcode = 'CARD1'; end if;
    if gate is not null then
      perform pg_advisory_xact_lock_shared(hashtext(current_schema()), gate);
    end if;
    return 1 / divisor > 0;
  end $$`

const users = {
  table: 'users',
  id: { type: 'text' },
  active: 'may_sign_in(divisor, gate)',
  select: { name: 'text' },
} as const

export async function openGatedUsers(
  t: TestContext,
  { driver = 'pg', timeoutSeconds = 30, through = (url) => url }: GatedOptions = {},
): Promise<GatedUsers> {
  const database = await testDatabase()
  const { application } = database
  await application.query(tables)
  const { pool } = database.open(driver, through(database.url))
  let acquired = 0
  if (driver === 'pg') {
    const count = () => {
      acquired += 1
    }
    ;(pool as Pool).on('acquire', count)
  }
  const auth = await cloakroom({
    origin: 'http://localhost:3000',
    users,
    store: postgres(pool, { migrate: true, timeoutSeconds }),
    pruneIntervalSeconds: false,
  })
  const locks = await application.connect()
  t.after(async () => {
    locks.release(true)
    await auth.close()
    await database.close()
  })

  async function processesAt(gate: number): Promise<number[]> {
    const { rows } = await application.query<{ pid: number }>(
      `select pid from pg_locks where locktype = 'advisory' and not granted and objid = $1
        and classid::bigint = (hashtext(current_schema())::bigint + 4294967296) % 4294967296`,
      [gate],
    )
    return rows.map(({ pid }) => pid)
  }

  return {
    ...database,
    auth,
    statements: () => acquired,
    async signIn(count) {
      await application.query(
        `insert into users (id, name) select 'u' || n, 'User ' || n
          from generate_series(0, $1::integer - 1) n`,
        [count],
      )
      const tokens: string[] = []
      for (let n = 0; n < count; n += 1) tokens.push((await signInAs(auth, `u${n}`)).token)
      return tokens
    },
    async change(user, assignment) {
      await application.query(`update users set ${assignment} where id = $1`, [user])
    },
    async shut(gate) {
      const lock = (name: string) =>
        locks.query(`select ${name}(hashtext(current_schema()), $1)`, [gate])
      await lock('pg_advisory_lock')
      return {
        async open() {
          await lock('pg_advisory_unlock')
        },
        async arrival() {
          await waitUntil(`a statement waits at gate ${gate}`, async () => {
            return (await processesAt(gate)).length > 0
          })
          return (await processesAt(gate))[0] as number
        },
      }
    },
  }
}
