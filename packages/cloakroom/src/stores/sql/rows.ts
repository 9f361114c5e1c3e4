import type { Found, LastRenewal, Listed, Renewed, StoredSession } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import { CloakroomError } from '../../errors.ts'
import type { SqlDialect, SqlRow, SqlValue } from './dialect.ts'
import { column, lineageColumn } from './select.ts'
import type { UsersJoin } from './users-join.ts'

const noMethods: readonly string[] = Object.freeze([])

export function toFound(row: SqlRow, users: UsersJoin, { readId }: SqlDialect, now: number): Found {
  const session = toSession(row, readId)
  const ownersActive =
    isTrue(row[column.userActive]) &&
    (session.impersonatorId === null || isTrue(row[column.impersonatorActive]))
  return {
    session,
    secretHash: row[column.secretHash] as Uint8Array,
    liveEpoch: Number(row[column.liveEpoch]),
    blocked: isTrue(row[column.blocked]),
    user:
      session.userId !== null && ownersActive
        ? users.read(session.userId, row, column.selected)
        : undefined,
    now,
  }
}

export function toRenewed(row: SqlRow, read: (row: SqlRow) => Found): Renewed {
  const { familyHash, previous, nonce, rotatedAt } = lineageColumn
  const last: LastRenewal | null =
    row[previous] === null
      ? null
      : {
          secretHash: row[previous] as Uint8Array,
          nonce: row[nonce] as Uint8Array,
          at: toTime(row[rotatedAt]),
        }
  return {
    found: read(row.slice(lineageColumn.row)),
    familyHash: row[familyHash] as Uint8Array,
    last,
  }
}

export function toListed(row: SqlRow, { readId }: SqlDialect, now: number): Listed {
  return { session: toSession(row, readId), liveEpoch: Number(row[column.liveEpoch]), now }
}

function toSession(row: SqlRow, readId: SqlDialect['readId']): StoredSession {
  const methods = row[column.methods] as string
  return {
    id: readId(row[column.id]),
    userId: toUserId(row[column.userId]),
    impersonatorId: toUserId(row[column.impersonatorId]),
    epoch: Number(row[column.epoch]),
    clientId: row[column.clientId] as string | null,
    createdAt: toTime(row[column.createdAt]),
    lastSeenAt: toTime(row[column.lastSeenAt]),
    expiresAt: toTime(row[column.expiresAt]),
    persistent: isTrue(row[column.persistent]),
    authenticatedAt:
      row[column.authenticatedAt] === null ? null : toTime(row[column.authenticatedAt]),
    methods: methods === '' ? noMethods : methods.split(' '),
    ip: row[column.ip] as string | null,
    device: row[column.device] as string | null,
    data: row[column.data] as string,
    dataVersion: Number(row[column.dataVersion]),
  }
}

// Beyond 2^53 a driver may have rounded it already: to the id of somebody else.
function toUserId(value: SqlValue): UserId | null {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value as UserId | null
  throw new CloakroomError(
    'schema_mismatch',
    'There are user ids beyond 2^53: users.id.type must be bigint.',
  )
}

// What is no number, such as what a driver was configured to make of one, must not pass for a time:
// against NaN everything is over.
function toTime(value: SqlValue): number {
  return Math.round(Number(value))
}

function isTrue(value: SqlValue): boolean {
  return value === true || value === 1
}
