import { selectParts } from '../sql/select.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import { sqliteDialect } from './dialect.ts'

/** Every statement that the store runs, as text; `store.ts` prepares and runs them. */
export interface Statements {
  readonly find: string
  readonly list: string
  readonly epoch: string
  readonly admission: string
  readonly insert: string
  readonly liveOf: string
  readonly replaced: string
  readonly touch: string
  readonly rotate: string
  readonly reauthenticate: string
  readonly renew: string
  readonly renewed: string
  readonly update: string
  readonly exists: string
  readonly revokeSession: string
  readonly revokeUser: string
  readonly keep: string
  readonly raiseUser: string
  readonly raiseEverybody: string
  readonly deadPage: string
  readonly remove: string
  readonly block: string
  readonly unblock: string
  readonly blockedAt: string
  readonly prunePage: string
  readonly pruneRows: string
  readonly stats: string
  readonly raiseLease: string
  readonly largestLease: string
}

export function statements(prefix: string, users: UsersJoin): Statements {
  const sessions = `${prefix}sessions`
  const userStates = `${prefix}user_states`
  const state = `${prefix}state`
  const { liveEpoch, states, owners, blocked, find, renewed, list } = selectParts(
    { sessions, userStates, state },
    users,
    sqliteDialect,
  )
  // The session that is about to begin, in the place of one that is there.
  const beginning = `(select ? as user_id, ? as impersonator_id) s`
  const idsOf = `(select unhex(value) from json_each(?))`

  return {
    // `+?`: an SQLite with STAT4, such as better-sqlite3's, prepares a join anew for each value that an
    // indexed column is compared with, unless that is an expression. It took four fifths of the time.
    find: `${find} where s.id = +?`,
    list: `${list} where s.user_id = ? order by s.created_at desc, s.id desc`,
    epoch: `select ${liveEpoch} from ${beginning} ${states}`,
    admission: `select ${liveEpoch}, ${blocked},
      s.user_id is null or (u.cr_active is true and (s.impersonator_id is null or im.cr_active is true))
      from ${beginning} ${states} ${owners}`,

    insert: `insert into ${sessions} (id, secret_hash, family_hash, user_id, impersonator_id, epoch,
      client_id, created_at, last_seen_at, expires_at, persistent, authenticated_at, methods, ip,
      device, data, data_version) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    liveOf: `select s.id from ${sessions} s ${states}
      where s.user_id = ? and s.impersonator_id is null and s.client_id is null
      and s.epoch = ${liveEpoch} and s.expires_at > ? and s.last_seen_at > ?
      and s.created_at > iif(s.persistent, ?, ?) and not (s.id is ? and s.family_hash is ?)
      order by s.created_at, s.id`,
    replaced: `delete from ${sessions} where id = ? and family_hash = ?
      and data_version = coalesce(?, data_version) returning data`,

    touch: `update ${sessions} set last_seen_at = ? where id in ${idsOf} and last_seen_at <= ?`,
    rotate: `update ${sessions} set secret_hash = ?, previous_secret_hash = null,
      rotation_nonce = null, rotated_at = ? where id = ? and secret_hash = ?`,
    reauthenticate: `update ${sessions} set authenticated_at = ?, methods = ? where id = ?`,
    renew: `update ${sessions} set secret_hash = ?, previous_secret_hash = secret_hash,
      rotation_nonce = ?, rotated_at = ? where id = ? and client_id = ? and secret_hash = ?
      and (previous_secret_hash is null or rotated_at <= ?)`,
    renewed: `${renewed} where s.id = +? and s.client_id = ?`,
    update: `update ${sessions} set data = ?, data_version = data_version + 1
      where id = ? and data_version = ?`,
    exists: `select 1 from ${sessions} where id = ?`,

    revokeSession: `delete from ${sessions} where id = ? and (? is null or user_id = ?)
      and (? is null or family_hash = ?) returning id`,
    revokeUser: `delete from ${sessions} where user_id = ? and id is not ? returning id`,
    // Live before the user's epoch was raised by one: so a dead session does not come back.
    keep: `update ${sessions} as s set epoch = s.epoch + 1
      where s.id = ? and s.user_id = ? and s.epoch + 1 = (select g.epoch
        + coalesce((select epoch from ${userStates} where user_id = s.user_id), 0)
        + coalesce((select epoch from ${userStates} where user_id = s.impersonator_id), 0)
        from ${state} g)`,
    raiseUser: `insert into ${userStates} (user_id, epoch, sessions_valid_after) values (?, 1, ?)
      on conflict (user_id) do update set epoch = epoch + 1,
        sessions_valid_after = excluded.sessions_valid_after`,
    raiseEverybody: `update ${state} set epoch = epoch + 1`,
    deadPage: `select s.id, s.epoch <> ${liveEpoch} from ${sessions} s ${states}
      where s.id > ? order by s.id limit ?`,
    remove: `delete from ${sessions} where id in ${idsOf} returning id`,
    block: `update ${userStates} set blocked_at = coalesce(blocked_at, ?) where user_id = ?`,
    unblock: `update ${userStates} set blocked_at = null, epoch = epoch + 1
      where user_id = ? and blocked_at is not null`,
    blockedAt: `select blocked_at from ${userStates} where user_id = ?`,

    prunePage: `select id, expires_at from ${sessions} where id > ? order by id limit ?`,
    pruneRows: `delete from ${sessions} where id in ${idsOf} and expires_at <= ?`,
    stats: `select count(*), count(*) - count(user_id), count(*) filter (where expires_at <= ?),
      (select count(*) from ${userStates} where blocked_at is not null) from ${sessions}`,
    raiseLease: `update ${state} set largest_lease_ms = max(largest_lease_ms, ?)`,
    largestLease: `select largest_lease_ms from ${state}`,
  }
}
