import { DatabaseSync } from 'node:sqlite'
import { emailOf, nameOf } from '../../workload/workload.ts'

export interface User {
  readonly id: number
  readonly email: string
  readonly name: string
}

/**
 * The users of the application, in SQLite in this process: what it takes to load one is the same for
 * all targets, and little beside a round trip.
 */
export function makeUsers(users: number): (id: number) => User | undefined {
  const database = new DatabaseSync(':memory:')
  database.exec(`create table users (id integer primary key, email text not null, name text not null,
    banned integer not null default 0) strict`)
  const insert = database.prepare('insert into users (id, email, name) values (?, ?, ?)')
  database.exec('begin')
  for (let user = 1; user <= users; user += 1) insert.run(user, emailOf(user), nameOf(user))
  database.exec('commit')
  const select = database.prepare('select id, email, name from users where id = ? and not banned')
  return (id) => select.get(id) as User | undefined
}
