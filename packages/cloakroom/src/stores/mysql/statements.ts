import type { SqlDialect } from '../sql/dialect.ts'
import { selectParts, type TableNames } from '../sql/select.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import { now } from './dialect.ts'

export interface StatementParts {
  readonly tables: TableNames & { readonly signingKeys: string }
  readonly users: UsersJoin
  readonly dialect: SqlDialect
  /** A parameter that is a user id. */
  readonly userId: string
  readonly guard: string
}

/** A statement on as many session ids. */
type OnSessions = (count: number) => string

/** Every statement that the store runs, as text. */
export interface Statements {
  readonly find: string
  readonly list: string
  readonly epoch: string
  readonly blockedAt: string
  readonly lockUser: string
  readonly admission: string
  readonly liveOf: string
  readonly lockReplaced: string
  readonly insert: string
  readonly rotate: string
  readonly stepUp: string
  readonly renew: string
  readonly renewed: string
  readonly update: string
  readonly exists: string
  readonly revokeSession: string
  readonly raiseUser: string
  readonly raiseEverybody: string
  readonly standing: string
  readonly keep: string
  readonly sessionsOf: string
  readonly block: string
  readonly unblock: string
  readonly deadPage: string
  readonly prunePage: string
  readonly stats: string
  readonly raiseLease: string
  readonly largestLease: string
  readonly signingKeys: string
  readonly firstSigningKeys: string
  readonly changeSigningKeys: string
  readonly lock: OnSessions
  readonly remove: OnSessions
  readonly touch: OnSessions
  readonly prune: OnSessions
}

/** Rows that one transaction of the clean-up looks at. */
export const pageSize = 500

export function statements({ tables, users, dialect, userId, guard }: StatementParts): Statements {
  const { sessions, userStates, state, signingKeys } = tables
  const { liveEpoch, states, owners, blocked, find, renewed, list } = selectParts(
    tables,
    users,
    dialect,
  )
  // The session that is about to begin, in the place of one that is there.
  const beginning = `(select ${userId} as user_id, ${userId} as impersonator_id) s`
  const inIds = (count: number) => `in (${Array(count).fill('?').join(', ')})`
  // Locked and written by one statement: a process that stops in between holds nothing up. The limit
  // is there because the table of a subquery may be changed only if the subquery is not merged.
  const unlocked = (count: number, condition: string) => `(select id from ${sessions}
    where id ${inIds(count)} and ${condition} order by id limit ${count} for update skip locked) free
    straight_join ${sessions} s on s.id = free.id`

  return {
    find: `${find} where s.id = ?`,
    list: `${list} where s.user_id = ${userId} order by s.created_at desc, s.id desc`,
    epoch: `select ${liveEpoch}, ${guard} from ${beginning} ${states}`,
    blockedAt: `select (select blocked_at from ${userStates} where user_id = ${userId}), ${guard}`,

    lockUser: `insert into ${userStates} (user_id, epoch) values (${userId}, 0)
      on duplicate key update epoch = epoch`,
    admission: `select ${liveEpoch}, ${blocked},
      s.user_id is null or (u.cr_active is true and (s.impersonator_id is null or im.cr_active is true)),
      ${now} from ${beginning} ${states} ${owners}`,
    liveOf: `select s.id from ${sessions} s ${states}
      where s.user_id = ${userId} and s.impersonator_id is null and s.client_id is null
      and s.epoch = ${liveEpoch} and s.expires_at > ${now} and s.last_seen_at > ${now} - ?
      and s.created_at > ${now} - if(s.persistent = 1, ?, ?) and not (s.id <=> ? and s.family_hash <=> ?)
      order by s.created_at, s.id`,
    lockReplaced: `select data from ${sessions} where id = ? and family_hash = ?
      and data_version = coalesce(?, data_version) for update`,
    insert: `insert into ${sessions} (id, secret_hash, family_hash, user_id, impersonator_id, epoch,
      client_id, created_at, last_seen_at, expires_at, persistent, authenticated_at, methods, ip,
      device, data, data_version) values (?, ?, ?, ${userId}, ${userId}, ?,
      ?, ${now}, ${now}, ${now} + ?, ?, if(?, ${now}, null), ?, ?, ?, ?, ?)`,

    rotate: `update ${sessions} set secret_hash = ?, previous_secret_hash = null,
      rotation_nonce = null, rotated_at = ${now} where id = ? and secret_hash = ?`,
    stepUp: `update ${sessions} set secret_hash = ?, previous_secret_hash = null,
      rotation_nonce = null, rotated_at = ${now}, authenticated_at = ${now}, methods = ?
      where id = ? and secret_hash = ?`,
    // MySQL assigns from left to right: what is to be kept comes first.
    renew: `update ${sessions} set previous_secret_hash = secret_hash, secret_hash = ?,
      rotation_nonce = ?, rotated_at = ${now} where id = ? and client_id = ? and secret_hash = ?
      and (previous_secret_hash is null or rotated_at <= ${now} - ?)`,
    renewed: `${renewed} where s.id = ? and s.client_id = ?`,
    update: `update ${sessions} set data = ?, data_version = data_version + 1
      where id = ? and data_version = ?`,
    exists: `select ${guard} from ${sessions} where id = ?`,

    revokeSession: `delete from ${sessions} where id = ? and (? or user_id = ${userId})
      and (? or family_hash = ?)`,
    raiseUser: `insert into ${userStates} (user_id, epoch, sessions_valid_after)
      values (${userId}, 1, ${now})
      on duplicate key update epoch = epoch + 1, sessions_valid_after = ${now}`,
    raiseEverybody: `update ${state} set epoch = epoch + 1`,
    standing: `select s.epoch, ${liveEpoch} from ${sessions} s ${states}
      where s.id = ? and s.user_id = ${userId}`,
    keep: `update ${sessions} set epoch = epoch + 1 where id = ? and epoch = ?`,
    sessionsOf: `select id from ${sessions} where user_id = ${userId} order by id for update`,
    block: `update ${userStates} set blocked_at = coalesce(blocked_at, ${now})
      where user_id = ${userId}`,
    unblock: `update ${userStates} set blocked_at = null, epoch = epoch + 1
      where user_id = ${userId} and blocked_at is not null`,

    deadPage: `select s.id, s.epoch <> ${liveEpoch}, ${guard} from ${sessions} s ${states}
      where s.id > ? order by s.id limit ${pageSize}`,
    prunePage: `select id, expires_at <= ${now}, ${guard} from ${sessions}
      where id > ? order by id limit ${pageSize}`,
    stats: `select count(*), count(*) - count(user_id), coalesce(sum(expires_at <= ${now}), 0),
      (select count(*) from ${userStates} where blocked_at is not null), ${guard} from ${sessions}`,
    raiseLease: `update ${state} set largest_lease_ms = greatest(largest_lease_ms, ?)`,
    largestLease: `select largest_lease_ms, ${guard} from ${state}`,

    signingKeys: `select k.version, k.document, ${now}, ${guard}
      from ${state} left join ${signingKeys} k on k.one = 1`,
    firstSigningKeys: `insert ignore into ${signingKeys} (one, version, document) values (1, 1, ?)`,
    changeSigningKeys: `update ${signingKeys} set document = ?, version = version + 1
      where version = ?`,

    lock: (count) => `select id from ${sessions} where id ${inIds(count)} order by id for update`,
    remove: (count) => `delete from ${sessions} where id ${inIds(count)}`,
    touch: (count) => `update ${unlocked(count, `last_seen_at <= ${now} - ?`)}
      set s.last_seen_at = ${now}`,
    prune: (count) => `delete s from ${unlocked(count, `expires_at <= ${now}`)}`,
  }
}
