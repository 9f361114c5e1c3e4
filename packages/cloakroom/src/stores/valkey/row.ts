import type { Renewed, StoredSession } from '../../core/store.ts'
import type { UserIdType } from '../../core/user.ts'
import { hexOf, userIdOf } from './keys.ts'
import type { Reply } from './link.ts'

/**
 * Where a session's row, a Lua table packed by `cmsgpack`, has what. In scripts `row[@epoch]`. Packed,
 * because a hash would take a multiple of the memory as soon as one of its values has 65 bytes.
 */
export const field = {
  secretHash: 1,
  familyHash: 2,
  user: 3,
  impersonator: 4,
  /** The sum of the epochs of the user and the impersonator. */
  epoch: 5,
  /** The epoch of everybody. */
  everybody: 6,
  client: 7,
  created: 8,
  seen: 9,
  expires: 10,
  persistent: 11,
  authenticated: 12,
  methods: 13,
  ip: 14,
  device: 15,
  data: 16,
  dataVersion: 17,
  /** These three are there after a renewal only. */
  previous: 18,
  nonce: 19,
  renewed: 20,
} as const

/**
 * For how long a row stays after it has expired, so that an expired session can be told from an unknown
 * one until then, as where something else than the server removes it.
 */
export const expiredForMs = 3_600_000

/** As scripts answer with it. */
export type Row = readonly Reply[]

const noMethods: readonly string[] = Object.freeze([])

export function toSession(id: Uint8Array, row: Row, idType: UserIdType): StoredSession {
  const methods = text(row, 'methods')
  const user = text(row, 'user')
  const impersonator = text(row, 'impersonator')
  return {
    id,
    userId: user && userIdOf(user, idType),
    impersonatorId: impersonator && userIdOf(impersonator, idType),
    epoch: number(row, 'epoch') + number(row, 'everybody'),
    clientId: text(row, 'client'),
    createdAt: number(row, 'created'),
    lastSeenAt: number(row, 'seen'),
    expiresAt: number(row, 'expires'),
    persistent: row[field.persistent - 1] === 1,
    authenticatedAt: row[field.authenticated - 1] as number | null,
    methods: methods === null ? noMethods : methods.split(' '),
    ip: text(row, 'ip'),
    device: text(row, 'device'),
    data: text(row, 'data') ?? '{}',
    dataVersion: number(row, 'dataVersion'),
  }
}

export function secretHashOf(row: Row): Uint8Array {
  return bytes(row, 'secretHash')
}

export function lineageOf(row: Row): Omit<Renewed, 'found'> {
  const familyHash = bytes(row, 'familyHash')
  if (row.length < field.renewed) return { familyHash, last: null }
  const last = {
    secretHash: bytes(row, 'previous'),
    nonce: bytes(row, 'nonce'),
    at: number(row, 'renewed'),
  }
  return { familyHash, last }
}

export function hasFamily(row: Row, familyHash: Uint8Array): boolean {
  return hexOf(row[field.familyHash - 1] as Uint8Array) === hexOf(familyHash)
}

/** What a script answered as text; `null` where it answered none. */
export function toText(reply: Reply | undefined): string | null {
  if (reply === null || reply === undefined) return null
  return reply instanceof Uint8Array ? Buffer.from(reply).toString() : String(reply)
}

export function toTexts(reply: Reply | undefined): string[] {
  return ((reply ?? []) as readonly Reply[]).map((each) => toText(each) ?? '')
}

function text(row: Row, name: keyof typeof field): string | null {
  return toText(row[field[name] - 1])
}

function number(row: Row, name: keyof typeof field): number {
  return row[field[name] - 1] as number
}

/** A copy: what drivers give may be a part of all that arrived with it. */
function bytes(row: Row, name: keyof typeof field): Uint8Array {
  return new Uint8Array(row[field[name] - 1] as Uint8Array)
}
