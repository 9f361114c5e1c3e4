import { timeOf } from '../../core/session-id.ts'
import type { NewSession } from '../../core/store.ts'
import type { SelectParts, TableNames } from '../sql/select.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import { durably, lasting } from './fragments.ts'
import type { Tables } from './tables.ts'
import { hexOf, type Value } from './values.ts'

/** What the statement takes, in this order, and as what types. */
const parameterTypes = {
  id: 'uuid',
  secretHash: 'bytea',
  familyHash: 'bytea',
  userId: 'user id',
  impersonatorId: 'user id',
  epoch: 'integer',
  clientId: 'text',
  lifetimeMs: 'float8',
  persistent: 'boolean',
  authenticated: 'boolean',
  methods: 'text',
  ip: 'text',
  device: 'text',
  data: 'json',
  idTime: 'float8',
  maxClockSkewMs: 'float8',
  replacedId: 'uuid',
  replacedFamilyHash: 'bytea',
  carryData: 'boolean',
  replacedVersion: 'integer',
} as const

/** What it takes besides where there is a cap. */
const capParameterTypes = {
  capLimit: 'integer',
  capRefuses: 'boolean',
  capIdleMs: 'float8',
  capAbsoluteMs: 'float8',
  capNonPersistentMs: 'float8',
} as const

const allTypes = { ...parameterTypes, ...capParameterTypes }
type Parameters = Readonly<Record<keyof typeof allTypes, string>>

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
  const p = parameters(userIdType)
  const capped = (sql: string) => (isCapped ? sql : '')
  return `with wanted as materialized (
      select ${p.userId} as user_id, ${p.impersonatorId} as impersonator_id),
    ${capped(`excess as materialized (${excess(sessions, parts(), p)}),
    ending as materialized (select array(select id from ${sessions}
      where id = any(array(select id from excess) || ${p.replacedId}) order by id for update) as ids),`)}
    verdict as materialized (select ${liveEpoch} as epoch, case
        when abs(date_part('epoch', now()) * 1000 - ${p.idTime}) > ${p.maxClockSkewMs} then 'clock_skew'
        when ${blocked} or ${liveEpoch} <> coalesce(${p.epoch}, ${liveEpoch}) then 'superseded'
        when s.user_id is not null and u.cr_active is not true
          or s.impersonator_id is not null and im.cr_active is not true then 'inactive'
        ${capped(`when ${p.capRefuses} and exists (select from excess) then 'too_many'`)}
        else 'created' end as outcome
      from wanted s ${states} ${owners}),
    replaced as (delete from ${sessions} where (select outcome from verdict) = 'created'
      and id = ${p.replacedId} ${capped('and id = any((select ids from ending)::uuid[])')}
      and family_hash = ${p.replacedFamilyHash}
      and data_version = coalesce(${p.replacedVersion}, data_version)
      and ${durably()} returning id, data),
    decision as materialized (select v.epoch, case
        when v.outcome = 'created' and ${p.replacedVersion} is not null
          and not exists (select from replaced) then 'conflict'
        else v.outcome end as outcome
      from verdict v),
    ${capped(`removed as (delete from ${sessions} where (select outcome from decision) = 'created'
      and id = any((select ids from ending)::uuid[]) and id in (select id from excess)
      and ${durably()} returning id),`)}
    created as (insert into ${sessions} (id, secret_hash, family_hash, user_id, impersonator_id,
        epoch, client_id, created_at, last_seen_at, expires_at, persistent, authenticated_at,
        methods, ip, device, data, data_version)
      select ${p.id}, ${p.secretHash}, ${p.familyHash}, w.user_id, w.impersonator_id,
        d.epoch, ${p.clientId}, statement_timestamp(), statement_timestamp(),
        statement_timestamp() + ${lasting(p.lifetimeMs)}, ${p.persistent},
        case when ${p.authenticated} then statement_timestamp() end,
        ${p.methods}, ${p.ip}, ${p.device},
        case when ${p.carryData} then coalesce(r.data, ${p.data}) else ${p.data} end,
        coalesce(${p.replacedVersion}, -1) + 1
      from decision d cross join wanted w left join replaced r on true
      where d.outcome = 'created' returning *)
    select f.*, d.outcome, (select string_agg(id::text, ' ')
        from (select id from replaced ${capped('union all select id from removed')}) ended)
      from decision d left join (${parts({ sessions: 'created' }).find}) f on true`
}

/** The user's oldest sessions, as many as are in the new one's way. */
function excess(sessions: string, { liveEpoch, states }: SelectParts, p: Parameters): string {
  return `select id from (
      select s.id, row_number() over (order by s.created_at desc, s.id desc) as place
      from ${sessions} s ${states}
      where s.user_id = ${p.userId} and s.impersonator_id is null and s.client_id is null
      and s.epoch = ${liveEpoch} and s.expires_at > statement_timestamp()
      and s.last_seen_at > statement_timestamp() - ${lasting(p.capIdleMs)}
      and s.created_at > statement_timestamp() - case when s.persistent
        then ${lasting(p.capAbsoluteMs)} else ${lasting(p.capNonPersistentMs)} end
      and (s.id = ${p.replacedId} and s.family_hash = ${p.replacedFamilyHash}) is not true) live
    where place >= ${p.capLimit}`
}

function parameters(userIdType: string): Parameters {
  const list = Object.entries(allTypes).map(([name, type], index) => [
    name,
    `$${index + 1}::${type === 'user id' ? userIdType : type}`,
  ])
  return Object.fromEntries(list)
}

/** The statement's values. */
export function createValues(session: NewSession, users: UsersJoin): Value[] {
  const { id, replaces, cap } = session
  const values: Record<keyof typeof parameterTypes, Value> = {
    id: hexOf(id),
    secretHash: session.secretHash,
    familyHash: session.familyHash,
    userId: users.bindOrNull(session.userId) as Value,
    impersonatorId: users.bindOrNull(session.impersonatorId) as Value,
    epoch: session.epoch ?? null,
    clientId: session.clientId,
    lifetimeMs: session.lifetimeMs,
    persistent: session.persistent,
    authenticated: session.authenticated,
    methods: session.methods.join(' '),
    ip: session.ip,
    device: session.device,
    data: session.data,
    idTime: timeOf(id),
    maxClockSkewMs: session.maxClockSkewMs ?? null,
    replacedId: replaces === undefined ? null : hexOf(replaces.id),
    replacedFamilyHash: replaces?.familyHash ?? null,
    carryData: replaces?.carryData ?? false,
    replacedVersion: replaces?.version ?? null,
  }
  const capValues: Record<keyof typeof capParameterTypes, Value> | undefined = cap && {
    capLimit: cap.limit,
    capRefuses: cap.whenReached === 'refuse',
    capIdleMs: cap.idleTimeoutMs,
    capAbsoluteMs: cap.absoluteTimeoutMs,
    capNonPersistentMs: cap.nonPersistentTimeoutMs,
  }
  return [
    ...inOrder(parameterTypes, values),
    ...(capValues ? inOrder(capParameterTypes, capValues) : []),
  ]
}

function inOrder<Name extends string>(
  types: Readonly<Record<Name, string>>,
  values: Readonly<Record<Name, Value>>,
): Value[] {
  return (Object.keys(types) as Name[]).map((name) => values[name])
}
