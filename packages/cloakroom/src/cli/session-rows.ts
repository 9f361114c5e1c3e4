import { deathOf, expiresAt, type Policy } from '../core/policy.ts'
import type { JsonObject } from '../core/session.ts'
import { formatId } from '../core/session-id.ts'
import type { Listed } from '../core/store.ts'
import { distance, moment } from './output/moment.ts'
import { paint } from './output/paint.ts'
import { printable } from './output/printable.ts'
import { type Cell, table } from './output/table.ts'

/** What the application's own timeouts would end is not known without its options. */
const endless: Policy = {
  idleTimeoutMs: Infinity,
  absoluteTimeoutMs: Infinity,
  nonPersistentTimeoutMs: Infinity,
  stepUpMs: Infinity,
  touchIntervalMs: Infinity,
  maxClockSkewMs: Infinity,
}

type State = 'live' | 'expired' | 'idle' | 'revoked'

/** Whether a token of this session opens anything; if not, the row waits to be cleaned up. */
export function stateOf({ session, liveEpoch, now }: Listed, policy: Policy = endless): State {
  // Of the user nothing is asked here; a client's session is as live as any, to the one who may end it.
  const found = {
    session: { ...session, clientId: null, userId: null },
    liveEpoch,
    now,
    blocked: false,
    user: undefined,
  }
  return (deathOf(found, policy) as State | undefined) ?? 'live'
}

/** The fields that scripts may rely on. `data` is the application's own affair, and is left out. */
export function toJson(row: Listed, policy: Policy = endless): JsonObject {
  const { session } = row
  return {
    id: formatId(session.id),
    userId: session.userId,
    state: stateOf(row, policy),
    createdAt: iso(session.createdAt),
    lastSeenAt: iso(session.lastSeenAt),
    expiresAt: iso(expiresAt(session, policy)),
    persistent: session.persistent,
    authenticatedAt: session.authenticatedAt === null ? null : iso(session.authenticatedAt),
    methods: session.methods,
    device: session.device,
    ip: session.ip,
    clientId: session.clientId,
    impersonatorId: session.impersonatorId,
  }
}

const header = ['SESSION', 'STATE', 'DEVICE', 'IP', 'SIGNED IN', 'LAST SEEN', 'ENDS']

export function toTable(rows: readonly Listed[], policy: Policy = endless): string {
  return table([
    header.map((text) => ({ text, paint: paint('bold') })),
    ...rows.map((row) => toCells(row, policy)),
  ])
}

function toCells(row: Listed, policy: Policy): Cell[] {
  const { session, now } = row
  const state = stateOf(row, policy)
  const texts = [
    who(row),
    session.ip ?? '-',
    moment(session.createdAt),
    distance(session.lastSeenAt, now),
    distance(expiresAt(session, policy), now),
  ]
  return [
    { text: formatId(session.id) },
    { text: state, paint: paint(state === 'live' ? 'green' : 'dim') },
    ...texts.map((text) => ({ text: printable(text) })),
  ]
}

/** The device, and who is behind it if it is not simply the user. */
function who({ session: { device, clientId, impersonatorId } }: Listed): string {
  const remarks = [
    device ?? '-',
    ...(clientId === null ? [] : [`client ${clientId}`]),
    ...(impersonatorId === null ? [] : [`impersonated by ${impersonatorId}`]),
  ]
  return remarks.join(', ')
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
