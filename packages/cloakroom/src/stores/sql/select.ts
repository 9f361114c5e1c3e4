import type { SqlDialect } from './dialect.ts'
import type { UsersJoin } from './users-join.ts'

/** Cloakroom's tables, as a statement names them. */
export interface TableNames {
  readonly sessions: string
  readonly userStates: string
  readonly state: string
}

/**
 * Positions in a row of `find`; `list` has the same as far as `liveEpoch`. Last comes `dialect.now`,
 * if there is one: after the selected columns, of which there are as many as the application wants.
 */
export const column = {
  id: 0,
  userId: 1,
  impersonatorId: 2,
  epoch: 3,
  clientId: 4,
  createdAt: 5,
  lastSeenAt: 6,
  expiresAt: 7,
  persistent: 8,
  authenticatedAt: 9,
  methods: 10,
  ip: 11,
  device: 12,
  data: 13,
  dataVersion: 14,
  liveEpoch: 15,
  secretHash: 16,
  blocked: 17,
  userActive: 18,
  impersonatorActive: 19,
  selected: 20,
} as const

/** Positions in a row of `renewed`, from `row` on as of `find`. */
export const lineageColumn = { familyHash: 0, previous: 1, nonce: 2, rotatedAt: 3, row: 4 } as const

/** What the statements that read sessions are made of. `s` is the session, or what is about to be one. */
export interface SelectParts {
  /** The epoch that `s` must carry to be live. */
  readonly liveEpoch: string
  /** Joins the epochs and blocks of the user and of the impersonator of `s`. */
  readonly states: string
  /** Joins the user and the impersonator of `s`, as `u` and `im`. */
  readonly owners: string
  readonly blocked: string
  /** The statement of `find`, up to its condition on `s`. */
  readonly find: string
  /** As `find`; before it come the columns of `lineageColumn`. */
  readonly renewed: string
  /** The statement of `list`, up to its condition on `s`. */
  readonly list: string
}

export function selectParts(
  { sessions, userStates, state }: TableNames,
  users: UsersJoin,
  dialect: SqlDialect,
): SelectParts {
  const { time, sameUser } = dialect
  const now = dialect.now === undefined ? '' : `, ${dialect.now}`
  const columns = `s.id, ${users.idColumn('s.user_id')}, ${users.idColumn('s.impersonator_id')},
    s.epoch, s.client_id, ${time('s.created_at')}, ${time('s.last_seen_at')}, ${time('s.expires_at')},
    s.persistent, ${time('s.authenticated_at')}, s.methods, s.ip, s.device, s.data, s.data_version`
  const liveEpoch = `g.epoch + coalesce(us.epoch, 0) + coalesce(ims.epoch, 0)`
  const states = `cross join ${state} g
    left join ${userStates} us on us.user_id = s.user_id
    left join ${userStates} ims on ims.user_id = s.impersonator_id`
  const owners =
    dialect.joinOwners?.(users.derived) ??
    `left join ${users.derived} u on ${sameUser('u.cr_id', 's.user_id')}
    left join ${users.derived} im on ${sameUser('im.cr_id', 's.impersonator_id')}`
  const blocked = `us.blocked_at is not null or ims.blocked_at is not null`
  const found = `${columns}, ${liveEpoch}, s.secret_hash, ${blocked}, u.cr_active, im.cr_active${users.columns('u')}${now}
      from ${sessions} s ${states} ${owners}`
  return {
    liveEpoch,
    states,
    owners,
    blocked,
    find: `select ${found}`,
    renewed: `select s.family_hash, s.previous_secret_hash, s.rotation_nonce, ${time('s.rotated_at')}, ${found}`,
    list: `select ${columns}, ${liveEpoch}${now} from ${sessions} s ${states}`,
  }
}
