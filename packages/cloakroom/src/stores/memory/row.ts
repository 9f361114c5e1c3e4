import type { LastRenewal, NewSession, StoredSession } from '../../core/store.ts'

/** A session as it is kept. Never changed, only replaced: what was read stays read. */
export interface Row {
  readonly session: StoredSession
  readonly secretHash: Uint8Array
  readonly familyHash: Uint8Array
  readonly lastRenewal: LastRenewal | null
}

export function newRow(
  wanted: NewSession,
  { now, epoch, data }: { now: number; epoch: number; data: string },
): Row {
  const session: StoredSession = {
    id: Uint8Array.from(wanted.id),
    userId: wanted.userId,
    impersonatorId: wanted.impersonatorId,
    epoch,
    clientId: wanted.clientId,
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + wanted.lifetimeMs,
    persistent: wanted.persistent,
    authenticatedAt: wanted.authenticated ? now : null,
    methods: wanted.methods,
    ip: wanted.ip,
    device: wanted.device,
    data,
    dataVersion: (wanted.replaces?.version ?? -1) + 1,
  }
  return {
    session,
    secretHash: Uint8Array.from(wanted.secretHash),
    familyHash: Uint8Array.from(wanted.familyHash),
    lastRenewal: null,
  }
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}
