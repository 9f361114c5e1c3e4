import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { poolSize } from '../../remote/postgres/counting-pool.ts'
import type { Place } from '../settings.ts'

export interface User {
  readonly id: number
  readonly email: string
  readonly name: string
}

export type LoadUser = (id: number) => Promise<User | undefined>

/** The query by which an application loads the user of a session that a library has found. */
export function openUsers(place: Place): LoadUser {
  const columns = 'select id, email, name from users where not banned and id ='
  if (place.database === 'sqlite') {
    const select = new DatabaseSync(place.file).prepare(`${columns} ?`)
    return async (id) => select.get(id) as User | undefined
  }
  const pool = new pg.Pool({ connectionString: place.url, max: poolSize })
  return async (id) => {
    const query = { name: 'user', text: `${columns} $1`, values: [id] }
    return (await pool.query<User>(query)).rows[0]
  }
}
