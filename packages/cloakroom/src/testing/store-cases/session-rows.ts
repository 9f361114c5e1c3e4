import assert from 'node:assert/strict'
import { deathOf, type Policy } from '../../core/policy.ts'
import type { NewSession, Store, StoredSession } from '../../core/store.ts'
import { hashFamily, hashSecret, mintToken, sameHash } from '../../core/token.ts'
import type { UserId } from '../../core/user.ts'
import type { Fixture } from '../fixture.ts'

/** A row that a case has made, and what it takes to find it live. */
export interface Begun {
  readonly id: Uint8Array
  readonly secretHash: Uint8Array
  readonly familyHash: Uint8Array
  readonly session: StoredSession
  /** Ids of the sessions that ended with its beginning. */
  readonly removed: readonly Uint8Array[]
}

const day = 86_400_000

/** A session that lasts a day, and that its sign-in's own statement begins. */
export function newSession(
  { clock }: Pick<Fixture, 'clock'>,
  userId: UserId | null,
  change: Partial<NewSession> = {},
): NewSession {
  const token = mintToken(userId, clock())
  return {
    id: token.id,
    secretHash: hashSecret(token.secret),
    familyHash: hashFamily(token.secret),
    userId,
    impersonatorId: null,
    epoch: undefined,
    clientId: null,
    lifetimeMs: day,
    persistent: true,
    authenticated: userId !== null,
    methods: [],
    ip: null,
    device: null,
    data: '{}',
    maxClockSkewMs: 60_000,
    replaces: undefined,
    cap: undefined,
    ...change,
  }
}

export async function begin(
  fixture: Pick<Fixture, 'clock' | 'store'>,
  userId: UserId | null,
  change: Partial<NewSession> = {},
): Promise<Begun> {
  const wanted = newSession(fixture, userId, change)
  const created = await fixture.store.create(wanted)
  assert.equal(created.outcome, 'created')
  assert(created.outcome === 'created')
  const { found, removed } = created
  const { id, secretHash, familyHash } = wanted
  return { id, secretHash, familyHash, session: found.session, removed }
}

// Only revocations and stored deadlines end sessions under it.
const patientPolicy: Policy = {
  idleTimeoutMs: 400 * day,
  absoluteTimeoutMs: 400 * day,
  nonPersistentTimeoutMs: 400 * day,
  stepUpMs: 600_000,
  touchIntervalMs: 3_600_000,
  maxClockSkewMs: 60_000,
}

/** Whether the secret with this hash would be let in, whatever rows there are. */
export async function isLive(
  store: Store,
  { id, secretHash }: Pick<Begun, 'id' | 'secretHash'>,
): Promise<boolean> {
  const found = await store.find(id)
  if (found === undefined || !sameHash(found.secretHash, secretHash)) return false
  return deathOf(found, patientPolicy) === undefined
}

export async function assertLive(store: Store, session: Begun, what: string): Promise<void> {
  assert.equal(await isLive(store, session), true, `${what} must be live`)
}

export async function assertDead(
  store: Store,
  session: Pick<Begun, 'id' | 'secretHash'>,
  what: string,
): Promise<void> {
  assert.equal(await isLive(store, session), false, `${what} must be dead`)
}

/** Session ids, comparable. */
export function hexOf(ids: readonly Uint8Array[]): string[] {
  return ids.map((id) => Buffer.from(id).toString('hex'))
}

/** The same, where the order says nothing. */
export function setOf(ids: readonly Uint8Array[]): string[] {
  return hexOf(ids).sort()
}

/** Comparable: drivers differ in the class of the bytes and of the objects that they make. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]))
}

/** How many times a race is run: it shows itself in some of them only. */
export const rounds = 12
