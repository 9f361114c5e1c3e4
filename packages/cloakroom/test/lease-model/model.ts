import type { Instant } from '../../src/core/instant.ts'
import { Lease, type LeaseState } from '../../src/core/lease.ts'

/**
 * A small world around the protocol in `core/lease.ts`, which it runs as it is: one session, one
 * database, one process with a cache, one connection from the database to its feed. Everything else is
 * an adversary: it decides what happens next, delays each message for as long as it likes, cuts the
 * connection or lets it rot unnoticed, and stops the process while time goes on (an action that does
 * not come *is* a pause).
 *
 * Two things it cannot do, and they are the assumptions of the protocol: reorder what one connection
 * carries, and let a round trip succeed on a connection on which the database does not notify.
 *
 * Times are ages, in ticks, and stop counting when the lease is over: older is all the same. So there
 * are finitely many worlds, and runs of any length lead to one of them.
 */
export interface World {
  /** How long ago the session's revocation was acknowledged. */
  readonly revokedFor: number | undefined
  readonly read: Read | undefined
  /** Whether the cache has the session, as live. */
  readonly isKept: boolean
  /** How long ago the last round trip that was confirmed began. */
  readonly confirmedFor: number | 'not listening' | 'not confirmed'
  /** What the feed holds for its connection; `undefined`: it knows that it has none. */
  readonly connection: Connection | undefined
}

/** A read of the session, sent. */
interface Read {
  /** Whether nothing has been heard since it was sent. */
  readonly isUndisturbed: boolean
  /** What the database said; `undefined`: it has not been asked yet. */
  readonly wasLive: boolean | undefined
}

interface Connection {
  /** Whether the database notifies on it. */
  readonly isHeard: boolean
  /** On its way to the process, in order. */
  readonly messages: readonly Message[]
  /** How long ago a round trip began that the database has not seen yet. */
  readonly askingFor: number | undefined
}

/** The answer to a round trip tells how long ago that began. */
type Message = 'revoked' | 'nobody listens' | number

/** Ways to break the protocol, each of which must be found. */
export type Sabotage = 'ticket' | 'lease' | 'generation' | 'feed'

const leaseTicks = 2
const source = ''

export const beginning: World = {
  revokedFor: undefined,
  read: undefined,
  isKept: false,
  confirmedFor: 'not listening',
  connection: undefined,
}

/** A session whose revocation was acknowledged longer ago than the lease would still be accepted. */
export function isViolation(world: World): boolean {
  const { revokedFor, isKept } = world
  if (revokedFor === undefined || revokedFor <= leaseTicks || !isKept) return false
  return toLease(world).lease.covers(source, ago(0))
}

/** Everything that can happen next, by its name. */
export function nextWorlds(world: World, sabotage: Sabotage | undefined): [string, World][] {
  return [
    ['time goes on', later(world)],
    ...databaseSteps(world, sabotage),
    ...readSteps(world, sabotage),
    ...feedSteps(world, sabotage),
  ]
}

function databaseSteps(world: World, sabotage: Sabotage | undefined): [string, World][] {
  const { connection, read } = world
  const steps: [string, World][] = []
  if (world.revokedFor === undefined) {
    const notified = connection?.isHeard ? send(connection, 'revoked') : connection
    steps.push(['the session is revoked', { ...world, revokedFor: 0, connection: notified }])
  }
  if (read !== undefined && read.wasLive === undefined) {
    const wasLive = world.revokedFor === undefined
    steps.push(['the database answers the read', { ...world, read: { ...read, wasLive } }])
  }
  if (connection?.askingFor !== undefined) {
    const { askingFor, isHeard } = connection
    const answer = isHeard || sabotage === 'feed' ? askingFor : 'nobody listens'
    const answered = send({ ...connection, askingFor: undefined }, answer)
    steps.push(['the database answers the round trip', { ...world, connection: answered }])
  }
  return steps
}

function readSteps(world: World, sabotage: Sabotage | undefined): [string, World][] {
  const { read } = world
  if (read === undefined) {
    const sent: Read = { isUndisturbed: true, wasLive: undefined }
    return [['a read is sent', { ...world, read: sent }]]
  }
  if (read.wasLive === undefined) return []
  const { lease, state } = toLease(world)
  const isUndisturbed = sabotage === 'ticket' || read.isUndisturbed
  const ticket = { startedAt: ago(0), heard: isUndisturbed ? state.heard : state.heard - 1 }
  const isKept = lease.mayKeep(ticket, source) ? read.wasLive : world.isKept
  return [['the answer arrives', { ...world, read: undefined, isKept }]]
}

function feedSteps(world: World, sabotage: Sabotage | undefined): [string, World][] {
  const { connection } = world
  if (connection === undefined) {
    const fresh: Connection = { isHeard: true, messages: [], askingFor: undefined }
    const told = tell(world, (lease) => lease.listening(source), sabotage)
    return [['the feed listens', { ...told, connection: fresh }]]
  }
  const steps: [string, World][] = [
    ['the connection is seen to be gone', lose(world, sabotage)],
    // A black hole, or a driver that connected again by itself and did not listen again.
    [
      'the connection rots unnoticed',
      { ...world, connection: { ...connection, isHeard: false, messages: [] } },
    ],
  ]
  const { askingFor, messages } = connection
  if (askingFor === undefined && messages.every((message) => message === 'revoked')) {
    const asking = { ...connection, askingFor: 0 }
    steps.push(['a round trip begins', { ...world, connection: asking }])
  }
  if (messages.length > 0) steps.push(['the next message arrives', receive(world, sabotage)])
  return steps
}

function receive(world: World, sabotage: Sabotage | undefined): World {
  const { messages = [] } = world.connection ?? {}
  const [message, ...rest] = messages
  const received = { ...world, connection: { ...(world.connection as Connection), messages: rest } }
  if (message === 'nobody listens') return lose(world, sabotage)
  if (message === 'revoked') {
    return { ...tell(received, (lease) => lease.invalidated(), undefined), isKept: false }
  }
  const begun = sabotage === 'lease' ? 0 : (message as number)
  return tell(received, (lease) => lease.confirmed(source, ago(begun)), undefined)
}

function lose(world: World, sabotage: Sabotage | undefined): World {
  const told = tell(world, (lease) => lease.lost(source), sabotage)
  return { ...told, connection: undefined }
}

/** Lets the lease hear something. With `listening` and `lost` goes the cache. */
function tell(world: World, what: (lease: Lease) => void, sabotage: Sabotage | undefined): World {
  const { lease, state } = toLease(world)
  const heardBefore = state.heard
  what(lease)
  const at = state.confirmedAt.get(source)
  const isOther = state.confirmedAt.has(source) !== (world.confirmedFor !== 'not listening')
  const isNewGeneration = isOther && sabotage !== 'generation'
  const isDisturbed = state.heard !== heardBefore && sabotage !== 'generation'
  return {
    ...world,
    isKept: isNewGeneration ? false : world.isKept,
    read: world.read && isDisturbed ? { ...world.read, isUndisturbed: false } : world.read,
    confirmedFor: !state.confirmedAt.has(source)
      ? 'not listening'
      : at === undefined
        ? 'not confirmed'
        : -at.monotonic,
  }
}

function toLease({ confirmedFor }: World): { lease: Lease; state: LeaseState } {
  const state: LeaseState = { heard: 1, confirmedAt: new Map() }
  if (confirmedFor !== 'not listening') {
    const at = confirmedFor === 'not confirmed' ? undefined : ago(confirmedFor)
    state.confirmedAt.set(source, at)
  }
  return { lease: new Lease(leaseTicks, state), state }
}

function send(connection: Connection, message: Message): Connection {
  return { ...connection, messages: [...connection.messages, message] }
}

function later(world: World): World {
  const { connection } = world
  return {
    ...world,
    revokedFor: older(world.revokedFor),
    confirmedFor: older(world.confirmedFor),
    connection: connection && {
      ...connection,
      askingFor: older(connection.askingFor),
      messages: connection.messages.map(older),
    },
  }
}

function older<Age>(age: Age): Age {
  return typeof age === 'number' ? (Math.min(age + 1, leaseTicks + 1) as Age) : age
}

function ago(ticks: number): Instant {
  // Not -0, which is another text.
  return { monotonic: 0 - ticks, wall: 0 - ticks }
}
