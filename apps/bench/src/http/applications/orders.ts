import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { poolSize } from '../../remote/postgres/counting-pool.ts'
import type { Place, UserId } from '../settings.ts'

/** The rows that the second route answers with. */
export type FindOrders = (user: UserId) => unknown

/** The query of the handler itself, the same for all applications of a database. */
export function openOrders(place: Place): FindOrders {
  const text = 'select id, total from orders where user_id ='
  if (place.database === 'sqlite') {
    const select = new DatabaseSync(place.file).prepare(`${text} ?`)
    return (user) => select.all(user)
  }
  const pool = new pg.Pool({ connectionString: place.url, max: poolSize })
  return async (user) => {
    const query = { name: 'orders', text: `${text} $1`, values: [user] }
    return (await pool.query(query)).rows
  }
}
