/** A signing key as it is stored. The ring holds them in the order in which they sign. */
export interface RingKey {
  /** `kid`: the RFC 7638 thumbprint of the public key. */
  readonly id: string
  /** When it was made, and by and by published; milliseconds by the database's clock, like all here. */
  readonly createdAt: number
  /** From then on it signs, until the next key does. */
  readonly signsFrom: number
  /** The private key, encrypted. */
  readonly sealed: string
}

export type KeyRing = readonly RingKey[]

export interface Schedule {
  /** For how long a key signs. */
  readonly rotationMs: number
  /** For how long a key is published before it signs: until every verifier has it. */
  readonly publishMs: number
  /** For how long a key stays published after it last signed: until its last token has expired. */
  readonly retireMs: number
}

export interface Advance {
  readonly now: number
  readonly schedule: Schedule
  /** As many as may be needed. */
  readonly newKeys: readonly [NewKey, NewKey]
}

export type NewKey = Pick<RingKey, 'id' | 'sealed'>

/** The key that signs at that time: the last one whose time has come. */
export function signerAt(ring: KeyRing, now: number): RingKey | undefined {
  return ring.findLast((key) => key.signsFrom <= now)
}

/** Whether `advance` would change the ring. */
export function isDue(ring: KeyRing, now: number, schedule: Schedule): boolean {
  return needsStandby(ring, now) || ring.some((_, at) => isRetired(ring, at, now, schedule))
}

/**
 * Drops keys of which no token is left, and adds a standby where the last key signs already. So there
 * is always one that verifiers know and that has not signed yet: should the signing key be withdrawn,
 * it takes over at once.
 */
export function advance(ring: KeyRing, { now, schedule, newKeys }: Advance): KeyRing {
  const kept = ring.filter((_, at) => !isRetired(ring, at, now, schedule))
  const [first, second] = newKeys
  // Nobody has read a key set yet, or whoever has must read it anew: nothing to wait for.
  if (kept.length === 0) kept.push({ ...first, createdAt: now, signsFrom: now })
  if (!needsStandby(kept, now)) return kept
  const signsFrom = Math.max(
    (kept.at(-1)?.signsFrom ?? now) + schedule.rotationMs,
    now + schedule.publishMs,
  )
  return [...kept, { ...second, createdAt: now, signsFrom }]
}

/** Makes the standby sign as soon as every verifier has it. */
export function hasten(ring: KeyRing, now: number, { publishMs }: Schedule): KeyRing {
  return ring.map((key) =>
    key.signsFrom <= now
      ? key
      : { ...key, signsFrom: Math.min(key.signsFrom, Math.max(key.createdAt + publishMs, now)) },
  )
}

/** Withdraws a key. If it signs, the next one does from now on. */
export function withdraw(ring: KeyRing, id: string, now: number): KeyRing {
  const wasSigning = signerAt(ring, now)?.id === id
  const at = ring.findIndex((key) => key.id === id)
  return ring
    .toSpliced(at, at < 0 ? 0 : 1)
    .map((key, index) => (wasSigning && index === at ? { ...key, signsFrom: now } : key))
}

function needsStandby(ring: KeyRing, now: number): boolean {
  return (ring.at(-1)?.signsFrom ?? now) <= now
}

function isRetired(ring: KeyRing, at: number, now: number, { retireMs }: Schedule): boolean {
  const next = ring[at + 1]
  return next !== undefined && next.signsFrom + retireMs <= now
}
