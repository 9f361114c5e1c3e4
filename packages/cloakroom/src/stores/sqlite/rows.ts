import type { Found, Listed, StoredSession } from '../../core/store.ts'
import type { UserId } from '../../core/user.ts'
import type { Row } from './handle.ts'
import { column } from './statements.ts'
import type { UsersJoin } from './users-table.ts'

const noMethods: readonly string[] = Object.freeze([])

export function toFound(row: Row, users: UsersJoin, now: number): Found {
  const session = toSession(row)
  const ownersActive =
    row[column.userActive] === 1 &&
    (session.impersonatorId === null || row[column.impersonatorActive] === 1)
  return {
    session,
    secretHash: row[column.secretHash] as Uint8Array,
    liveEpoch: row[column.liveEpoch] as number,
    blocked: row[column.blocked] === 1,
    user:
      session.userId !== null && ownersActive
        ? users.read(session.userId, row, column.selected)
        : undefined,
    now,
  }
}

export function toListed(row: Row, now: number): Listed {
  return { session: toSession(row), liveEpoch: row[column.liveEpoch] as number, now }
}

function toSession(row: Row): StoredSession {
  const methods = row[column.methods] as string
  return {
    id: row[column.id] as Uint8Array,
    userId: row[column.userId] as UserId | null,
    impersonatorId: row[column.impersonatorId] as UserId | null,
    epoch: row[column.epoch] as number,
    clientId: row[column.clientId] as string | null,
    createdAt: row[column.createdAt] as number,
    lastSeenAt: row[column.lastSeenAt] as number,
    expiresAt: row[column.expiresAt] as number,
    persistent: row[column.persistent] === 1,
    authenticatedAt: row[column.authenticatedAt] as number | null,
    methods: methods === '' ? noMethods : methods.split(' '),
    ip: row[column.ip] as string | null,
    device: row[column.device] as string | null,
    data: row[column.data] as string,
    dataVersion: row[column.dataVersion] as number,
  }
}
