import type { UserId } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import type { SqlDialect } from '../sql/dialect.ts'

/**
 * @param usersTable The users table, qualified and quoted: whatever the search path is later.
 * @param idType The type of its ids, where any are bound.
 */
export function postgresDialect(usersTable: string, idType?: string): SqlDialect {
  return {
    quote,
    quoteTable: () => usersTable,
    select: (expression, type) => `${expression}::${selectedAs[type]}`,
    time: milliseconds,
    // A standby may not know yet of a revocation that was acknowledged.
    now: `case when not pg_is_in_recovery() then ${milliseconds('clock_timestamp()')} end`,
    sameUser,
    joinOwners,
    bindUserId: idType === 'bpchar' ? refuseFilledUp : (id) => id,
    readId: (value) => Buffer.from(String(value).replaceAll('-', ''), 'hex'),
  }
}

/**
 * `char(n)` is filled up with spaces that no comparison looks at: two spellings of one id, of which the
 * rows, and what a feed tells, have the short one only.
 */
function refuseFilledUp(id: UserId): UserId {
  if (!String(id).endsWith(' ')) return id
  throw new CloakroomError(
    'invalid_user_id',
    'Expected a user id without the spaces with which PostgreSQL fills up char(n): trim it.',
  )
}

function sameUser(userColumn: string, column: string): string {
  return `${userColumn} = ${column}`
}

/**
 * In a plain join the planner may read the users table from end to end, and compute `active` before
 * it joins: for a small table, for many sessions at once, for a function that is not `stable`. One
 * user whose row makes that fail would be everybody's failure. `offset 0` keeps it to the row that
 * has been found by its key.
 *
 * A lateral subquery sees our columns, and with them could `active`, if the application dropped a
 * column that it names. The first join, which costs nothing, reads the same text where they are out
 * of sight, so that the statement then fails instead.
 */
function joinOwners(users: string): string {
  const owner = (column: string) =>
    `lateral (select * from ${users} o where ${sameUser('o.cr_id', column)} offset 0)`
  return `left join ${users} names on false
    left join ${owner('s.user_id')} u on true
    left join ${owner('s.impersonator_id')} im on true`
}

/** So that integers come as numbers, and 64-bit ones exactly. */
const selectedAs = {
  text: 'text',
  uuid: 'text',
  integer: 'int8',
  bigint: 'text',
  real: 'float8',
  boolean: 'boolean',
} as const

export function milliseconds(time: string): string {
  return `(date_part('epoch', ${time}) * 1000)::int8`
}

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
