import type { Target } from '../targets/target.ts'

/** A target whose sessions are on a server. */
export interface RemoteTarget<Credential = unknown, Answer = unknown>
  extends Target<Credential, Answer> {
  /** What this target has sent to the server so far. */
  readonly sent: () => Sent | Promise<Sent>
  /** What a session takes on the server with its indexes, in bytes. `undefined`: it is not its own. */
  readonly bytesPerSession: () => Promise<number | undefined>
}

export interface Sent {
  readonly statements: number
  /** Of these, such as change something. */
  readonly writes: number
}

/** What one verification takes, counted and not timed. */
export interface Cost {
  readonly name: string
  readonly statementsPerVerify: number
  readonly writesPerThousand: number
  readonly bytesPerSession: number | undefined
}

const counted = 1000

/** Counts over a thousand verifications of as many sessions, in groups of `concurrency`. */
export async function countCost(target: RemoteTarget, concurrency: number): Promise<Cost> {
  const credentials = target.credentials.slice(0, counted)
  const before = await target.sent()
  for (let from = 0; from < credentials.length; from += concurrency) {
    const group = credentials.slice(from, from + concurrency)
    await Promise.all(group.map((credential) => target.authenticate(credential)))
  }
  const after = await target.sent()
  return {
    name: target.name,
    statementsPerVerify: (after.statements - before.statements) / credentials.length,
    writesPerThousand: ((after.writes - before.writes) / credentials.length) * 1000,
    bytesPerSession: await target.bytesPerSession(),
  }
}
