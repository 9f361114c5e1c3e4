import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { chunks } from '../remote/chunks.ts'
import type { Place, UserId } from './settings.ts'

const ordersPerUser = 3

/** What the second route of an application reads: orders of each user. */
export async function makeOrders(place: Place, users: readonly UserId[]): Promise<void> {
  const type = typeof users[0] === 'number' ? 'integer' : 'text'
  const table = `create table orders (
    id      integer primary key,
    user_id ${type} not null,
    total   integer not null
  )`
  const index = 'create index orders_of_user on orders (user_id)'
  const owners = users.flatMap((user) => new Array<UserId>(ordersPerUser).fill(user))
  if (place.database === 'sqlite') {
    const database = new DatabaseSync(place.file)
    database.exec(`${table} strict; ${index}; begin`)
    const insert = database.prepare('insert into orders (user_id, total) values (?, ?)')
    for (const [number, user] of owners.entries()) insert.run(user, number)
    database.exec('commit; pragma wal_checkpoint(truncate)')
    database.close()
    return
  }
  const client = new pg.Client({ connectionString: place.url })
  await client.connect()
  await client.query(`${table}; ${index}`)
  let number = 0
  for (const some of chunks(owners)) {
    const ids = some.map(() => {
      number += 1
      return number
    })
    await client.query(
      `insert into orders (id, user_id, total) select i, u, i from unnest($1::int[], $2::${type}[]) as o (i, u)`,
      [ids, some],
    )
  }
  await client.query('vacuum analyze orders')
  await client.end()
}
