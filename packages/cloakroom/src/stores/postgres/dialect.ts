import type { SqlDialect } from '../sql/dialect.ts'

/** @param usersTable The users table, qualified and quoted: whatever the search path is later. */
export function postgresDialect(usersTable: string): SqlDialect {
  return {
    quote,
    quoteTable: () => usersTable,
    select: (expression, type) => `${expression}::${selectedAs[type]}`,
    time: milliseconds,
    // A standby may not know yet of a revocation that was acknowledged.
    now: `case when not pg_is_in_recovery() then ${milliseconds('clock_timestamp()')} end`,
    sameUser: (userColumn, column) => `${userColumn} = ${column}`,
    bindUserId: (id) => id,
    readId: (value) => Buffer.from(String(value).replaceAll('-', ''), 'hex'),
  }
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
