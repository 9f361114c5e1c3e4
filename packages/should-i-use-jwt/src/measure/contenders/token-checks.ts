import type { Surroundings } from './contender.ts'
import type { Check } from './signed-tokens.ts'

/** A table of the ids of tokens that are refused. */
export async function denylistInDatabase({ database }: Surroundings): Promise<Check> {
  const table = database.table('denied_tokens')
  const find = `select 1 as found from ${table} where jti = ?`
  const add = `insert into ${table} (jti, expires_at) values (?, ?)`
  return {
    isGood: async ({ jti }) => (await database.query(find, [jti])).length === 0,
    async end({ jti, exp }) {
      await database.query(add, [jti, exp])
      return true
    },
  }
}

/** A key for each token that is refused, which goes when the token would have expired. */
export async function denylistInValkey(surroundings: Surroundings): Promise<Check> {
  const client = surroundings.client()
  const key = (id: string) => `${surroundings.valkey?.prefix}denied:${id}`
  return {
    isGood: async ({ jti }) => (await client.call('EXISTS', key(jti))) === 0,
    async end({ jti, exp }) {
      await client.call('SET', key(jti), '1', 'EXAT', exp)
      return true
    },
  }
}

/** The user, for a ban to be effective at once. A log-out is not. */
export async function userLookup({ database }: Surroundings): Promise<Check> {
  const find = `select id from ${database.table('users')} where id = ? and not banned`
  return {
    isGood: async ({ sub }) => (await database.query(find, [Number(sub)])).length === 1,
    end: async () => false,
  }
}
