import { timeOf } from '../../core/session-id.ts'
import type { NewSession } from '../../core/store.ts'
import type { SelectParts, TableNames } from '../sql/select.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import { durably, lasting } from './fragments.ts'
import type { Tables } from './tables.ts'
import { hexOf, type Value } from './values.ts'

interface CreateParts {
  readonly tables: Tables
  readonly parts: (from?: Partial<TableNames>) => SelectParts
  /** Whether there is a cap; its statement must be preceded by the user's lock. */
  readonly isCapped: boolean
}

/**
 * All of a sign-in: judges, ends what it replaces and what is over the cap, inserts, and finds what
 * was inserted. If a revocation commits while it runs, the row has an epoch that is over.
 *
 * A row as of `find`, then the outcome, and the ids of the sessions that ended.
 */
export function createStatement({ tables, parts, isCapped }: CreateParts): string {
  const { sessions, userIdType } = tables
  const { liveEpoch, blocked, states, owners } = parts()
  const when = (cap: string) => (isCapped ? cap : '')
  return `with wanted as (select $4::${userIdType} as user_id, $5::${userIdType} as impersonator_id),
    ${when(`excess as materialized (${excess(tables, parts())}),
    ending as materialized (select array(select id from ${sessions}
      where id = any(array(select id from excess) || $17::uuid) order by id for update) as ids),`)}
    verdict as materialized (select ${liveEpoch} as epoch, case
        when abs(date_part('epoch', now()) * 1000 - $15::float8) > $16::float8 then 'clock_skew'
        when ${blocked} or ${liveEpoch} <> coalesce($6::integer, ${liveEpoch}) then 'superseded'
        when s.user_id is not null and u.cr_active is not true
          or s.impersonator_id is not null and im.cr_active is not true then 'inactive'
        ${when(`when $22::boolean and exists (select from excess) then 'too_many'`)}
        else 'created' end as outcome
      from wanted s ${states} ${owners}),
    replaced as (delete from ${sessions} where (select outcome from verdict) = 'created'
      and id = $17::uuid ${when(`and id = any((select ids from ending)::uuid[])`)}
      and family_hash = $18::bytea and data_version = coalesce($20::integer, data_version)
      and ${durably()} returning id, data),
    decision as materialized (select v.epoch, case
        when v.outcome = 'created' and $20::integer is not null
          and not exists (select from replaced) then 'conflict'
        else v.outcome end as outcome
      from verdict v),
    ${when(`removed as (delete from ${sessions} where (select outcome from decision) = 'created'
      and id = any((select ids from ending)::uuid[]) and id in (select id from excess)
      and ${durably()} returning id),`)}
    created as (insert into ${sessions} (id, secret_hash, family_hash, user_id, impersonator_id,
        epoch, client_id, created_at, last_seen_at, expires_at, persistent, authenticated_at,
        methods, ip, device, data, data_version)
      select $1::uuid, $2::bytea, $3::bytea, $4::${userIdType}, $5::${userIdType},
        d.epoch, $7::text, statement_timestamp(), statement_timestamp(),
        statement_timestamp() + ${lasting('$8')}, $9::boolean,
        case when $10::boolean then statement_timestamp() end, $11::text, $12::text, $13::text,
        case when $19::boolean then coalesce(r.data, $14::json) else $14::json end,
        coalesce($20::integer, -1) + 1
      from decision d left join replaced r on true where d.outcome = 'created' returning *)
    select f.*, d.outcome, (select string_agg(id::text, ' ')
        from (select id from replaced ${when('union all select id from removed')}) ended)
      from decision d left join (${parts({ sessions: 'created' }).find}) f on true`
}

/** The user's oldest sessions, as many as are in the new one's way. */
function excess({ sessions, userIdType }: Tables, { liveEpoch, states }: SelectParts): string {
  return `select id from (
      select s.id, row_number() over (order by s.created_at desc, s.id desc) as place
      from ${sessions} s ${states}
      where s.user_id = $4::${userIdType} and s.impersonator_id is null and s.client_id is null
      and s.epoch = ${liveEpoch} and s.expires_at > statement_timestamp()
      and s.last_seen_at > statement_timestamp() - ${lasting('$23')}
      and s.created_at > statement_timestamp()
        - case when s.persistent then ${lasting('$24')} else ${lasting('$25')} end
      and (s.id = $17::uuid and s.family_hash = $18::bytea) is not true) live
    where place >= $21::integer`
}

export function createValues(session: NewSession, users: UsersJoin): Value[] {
  const { id, replaces, cap } = session
  const values = [
    hexOf(id),
    session.secretHash,
    session.familyHash,
    users.bindOrNull(session.userId) as Value,
    users.bindOrNull(session.impersonatorId) as Value,
    session.epoch ?? null,
    session.clientId,
    session.lifetimeMs,
    session.persistent,
    session.authenticated,
    session.methods.join(' '),
    session.ip,
    session.device,
    session.data,
    timeOf(id),
    session.maxClockSkewMs ?? null,
    replaces === undefined ? null : hexOf(replaces.id),
    replaces?.familyHash ?? null,
    replaces?.carryData ?? false,
    replaces?.version ?? null,
  ]
  if (cap === undefined) return values
  return [
    ...values,
    cap.limit,
    cap.whenReached === 'refuse',
    cap.idleTimeoutMs,
    cap.absoluteTimeoutMs,
    cap.nonPersistentTimeoutMs,
  ]
}
