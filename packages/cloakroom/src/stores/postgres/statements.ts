import { type SelectParts, selectParts, type TableNames } from '../sql/select.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import { createStatement } from './create-statement.ts'
import { milliseconds, postgresDialect } from './dialect.ts'
import { durably, lasting } from './fragments.ts'
import type { Tables } from './tables.ts'

/** Every statement that the store runs, as text; `store.ts` runs them. */
export interface Statements {
  readonly find: string
  readonly findMany: string
  readonly list: string
  readonly epoch: string
  readonly create: string
  readonly createCapped: string
  readonly lockUser: string
  readonly touch: string
  readonly rotate: string
  readonly renew: string
  readonly renewed: string
  readonly update: string
  readonly exists: string
  readonly revokeSession: string
  readonly raiseUser: string
  readonly raiseAndBlock: string
  readonly removeOfUser: string
  readonly raiseEverybody: string
  readonly deadPage: string
  readonly removeDead: string
  readonly unblock: string
  readonly blockedAt: string
  readonly prunePage: string
  readonly stats: string
  readonly largestLease: string
  readonly signingKeys: string
  readonly firstSigningKeys: string
  readonly changeSigningKeys: string
}

/**
 * Where several rows are locked, it is in this order, so that no two transactions ever wait for each
 * other: the advisory lock of a user's sign-ins; the row of `user_states` or `state`; rows of
 * `sessions`, by id. Touches and the clean-up wait for no row at all (`skip locked`).
 *
 * `= any(array(select …))` instead of a join: that makes the planner look the rows up by their key,
 * however many it takes them for.
 */
export function statements(tables: Tables, users: UsersJoin): Statements {
  const { sessions, userStates, state, signingKeys, userIdType, usersTable } = tables
  const dialect = postgresDialect(usersTable)
  const parts = (from: Partial<TableNames> = {}): SelectParts =>
    selectParts({ sessions, userStates, state, ...from }, users, dialect)
  const { find, renewed, list, liveEpoch, states } = parts()
  const user = `$1::${userIdType}`
  const raise = (blockedAt: string) => `insert into ${userStates} as u
    (user_id, epoch, sessions_valid_after, blocked_at)
    select ${user}, 1, statement_timestamp(), ${blockedAt} where ${durably('$2')}
    on conflict (user_id) do update set epoch = u.epoch + 1,
      sessions_valid_after = excluded.sessions_valid_after,
      blocked_at = coalesce(u.blocked_at, excluded.blocked_at)`

  return {
    find: `${find} where s.id = $1`,
    findMany: `${find} where s.id = any($1)`,
    list: `${list} where s.user_id = ${user} order by s.created_at desc, s.id desc`,
    epoch: `select ${liveEpoch}
      from (select ${user} as user_id, $2::${userIdType} as impersonator_id) s ${states}`,

    create: createStatement({ tables, parts, isCapped: false }),
    createCapped: createStatement({ tables, parts, isCapped: true }),
    lockUser: `select pg_advisory_xact_lock(hashtextextended($1, 0))`,

    // Not to be waited for on a disk, nor on a standby, with the rows locked: if a crash takes a
    // touch back, a session was idle for a little longer.
    touch: `update ${sessions} set last_seen_at = statement_timestamp()
      where id = any(array(select id from ${sessions}
        where id = any($1) and last_seen_at <= statement_timestamp() - ${lasting('$2::float8')}
        and set_config('synchronous_commit', 'off', true) = 'off'
        order by id for update skip locked))`,
    rotate: `update ${sessions} set secret_hash = $3, previous_secret_hash = null,
      rotation_nonce = null, rotated_at = statement_timestamp(),
      authenticated_at = case when $4::text is null then authenticated_at else statement_timestamp() end,
      methods = coalesce($4, methods)
      where id = $1 and secret_hash = $2 and ${durably()} returning 1`,
    renew: `update ${sessions} set secret_hash = $4, previous_secret_hash = secret_hash,
      rotation_nonce = $5, rotated_at = statement_timestamp()
      where id = $1 and client_id = $2 and secret_hash = $3 and (previous_secret_hash is null
        or rotated_at <= statement_timestamp() - ${lasting('$6::float8')})
      and ${durably()}`,
    renewed: `${renewed} where s.id = $1 and s.client_id = $2`,
    update: `update ${sessions} set data = $3, data_version = data_version + 1
      where id = $1 and data_version = $2 returning 1`,
    exists: `select 1 from ${sessions} where id = $1`,

    revokeSession: `delete from ${sessions} where id = $1
      and ($2::${userIdType} is null or user_id = $2) and ($3::bytea is null or family_hash = $3)
      and ${durably('$4')} returning id`,
    raiseUser: raise('null'),
    raiseAndBlock: raise('statement_timestamp()'),
    // Kept is what was live before the user's epoch was raised by one: no dead session comes back.
    removeOfUser: `with own as materialized (select array(select id from ${sessions}
        where user_id = ${user} order by id for update) as ids),
      kept as (update ${sessions} k set epoch = k.epoch + 1
        where k.id = $2 and k.id = any((select ids from own)::uuid[]) and k.epoch + 1 =
          (select ${liveEpoch} from (select k.user_id, k.impersonator_id) s ${states})
        returning k.id)
      delete from ${sessions} where id = any((select ids from own)::uuid[])
      and id not in (select id from kept) returning id`,
    raiseEverybody: `update ${state} set epoch = epoch + 1 where ${durably('$1')}`,
    deadPage: `select s.id, s.epoch <> ${liveEpoch} from ${sessions} s ${states}
      where s.id > $1 order by s.id limit $2`,
    removeDead: `delete from ${sessions} where id = any(array(
        select s.id from ${sessions} s ${states}
        where s.id = any($1) and s.epoch <> ${liveEpoch} order by s.id for update of s))
      returning id`,

    unblock: `update ${userStates} set blocked_at = null, epoch = epoch + 1
      where user_id = ${user} and blocked_at is not null`,
    blockedAt: `select ${milliseconds('blocked_at')} from ${userStates} where user_id = ${user}`,

    prunePage: `with page as materialized (select id, expires_at from ${sessions}
        where id > $1 order by id limit $2),
      removed as (delete from ${sessions} where id = any(array(
          select id from ${sessions} where expires_at <= statement_timestamp()
          and id = any(array(select id from page where expires_at <= statement_timestamp()))
          order by id for update skip locked))
        returning 1)
      select (select count(*) from removed), (select count(*) from page),
        (select id from page order by id desc limit 1)`,
    stats: `select count(*), count(*) - count(user_id),
      count(*) filter (where expires_at <= statement_timestamp()),
      (select count(*) from ${userStates} where blocked_at is not null) from ${sessions}`,
    largestLease: `update ${state} set largest_lease_ms = greatest(largest_lease_ms, $1)
      where ${durably()} returning largest_lease_ms`,

    signingKeys: `select k.version, k.document, ${dialect.now}
      from ${state} left join ${signingKeys} k on true`,
    firstSigningKeys: `insert into ${signingKeys} (version, document)
      select 1, $1::text where ${durably()} on conflict do nothing returning 1`,
    changeSigningKeys: `update ${signingKeys} set document = $1, version = version + 1
      where version = $2 and ${durably()} returning 1`,
  }
}
