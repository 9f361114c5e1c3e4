import { maxImpersonationMs } from '../../core/policy.ts'
import type { SqlDialect } from '../sql/dialect.ts'
import { selectParts, type TableNames } from '../sql/select.ts'
import type { UsersJoin } from '../sql/users-join.ts'
import { dollarQuoted } from './fragments.ts'

/** Names are quoted, and have their schema: the function is called by whatever path. */
export interface VerifyFunctionOptions {
  readonly functionName: string
  /** The type of its rows. */
  readonly rowTypeName: string
  readonly tables: TableNames
  readonly users: UsersJoin
  /** Type and collation of `user_id`. A join with another collation would be refused. */
  readonly userIdType: string
  readonly dialect: SqlDialect
}

/** What makes `cloakroom_verify`. */
export interface VerifyFunctionSql {
  /** Depends on the type of the users' id alone. */
  readonly createType: string
  /** Makes the function, or replaces it: with another users table, another `active`. */
  readonly createFunction: string
  /** As `pg_proc.prosrc` has it: if it differs, the function was made for other options. */
  readonly body: string
}

/**
 * The function that verifies inside the application's own statement: `find` with every rule of
 * `verify` as a condition. It gives one row if somebody is signed in, otherwise none; and none on a
 * standby, which may not know yet of a revocation.
 *
 * - The planner inlines it, for which it must be `stable`, of one `select`, and without settings
 *   such as a search path. So it has the rights and the path of the statement that calls it.
 * - By `offset 0` it counts as one table among those of that statement. Its many joins would else
 *   use up `join_collapse_limit`, and tables written before it would be read from end to end.
 * - Its body is a string. `begin atomic` would bind it to the columns of the users table, which the
 *   application could then no longer alter or drop.
 * - It is not said to be safe in parallel plans, because functions in `active` may not be.
 */
export function verifyFunctionSql(options: VerifyFunctionOptions): VerifyFunctionSql {
  const { functionName, rowTypeName, userIdType } = options
  const body = bodyOf(options)
  return {
    body,
    createType: `create type ${rowTypeName} as (
  session_id uuid,
  user_id ${userIdType},
  impersonator_id ${userIdType},
  created_at timestamptz,
  last_seen_at timestamptz,
  expires_at timestamptz,
  persistent boolean,
  authenticated_at timestamptz,
  methods text[],
  ip text,
  device text,
  data json
)`,
    createFunction: `create or replace function ${functionName}(
  id uuid, secret_hash bytea, idle_seconds double precision, absolute_seconds double precision
) returns setof ${rowTypeName} language sql stable as ${dollarQuoted(body)}`,
  }
}

function bodyOf({ tables, users, dialect }: VerifyFunctionOptions): string {
  const { states, owners, blocked, liveEpoch } = selectParts(tables, users, dialect)
  const second = `interval '1 second'`
  return `
  select s.id, s.user_id, s.impersonator_id, s.created_at, s.last_seen_at, deadline.at,
    s.persistent, s.authenticated_at, string_to_array(s.methods, ' '), s.ip, s.device, s.data
  from ${tables.sessions} s ${states} ${owners}
    cross join lateral (select least(
      s.expires_at,
      s.created_at + ${second} * coalesce($4, g.absolute_seconds),
      case when not s.persistent then s.created_at + ${second} * g.non_persistent_seconds end,
      case when s.impersonator_id is not null then s.created_at + ${second} * ${maxImpersonationMs / 1000} end
    ) as at) deadline
  where s.id = $1 and s.secret_hash = $2
    and s.client_id is null
    and statement_timestamp() < deadline.at
    and statement_timestamp() < s.last_seen_at + ${second} * coalesce($3, g.idle_seconds)
    and not pg_is_in_recovery()
    and not (${blocked})
    and s.epoch = ${liveEpoch}
    and u.cr_active and (s.impersonator_id is null or im.cr_active)
  offset 0
`
}
