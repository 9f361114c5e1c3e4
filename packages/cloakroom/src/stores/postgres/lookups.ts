import type { CloakroomError } from '../../errors.ts'
import { unavailable } from './failure.ts'
import { hexOf } from './values.ts'

/** What the store can ask the database. */
export interface LookupStatements<Row> {
  /** `where id = $1`. */
  findOne(id: Uint8Array): Promise<Row | undefined>
  /**
   * `where id = any($1)`: what there is, by `hexOf` the id. Rows as they came, to be read for each
   * caller by itself: what one of them holds must not fail the others.
   */
  findMany(ids: readonly Uint8Array[]): Promise<ReadonlyMap<string, Row>>
  /** Whether the rows are to blame, one of which made `active` fail, and not server or connection. */
  isDataError(error: unknown): boolean
}

export interface LookupLimits {
  /** Statements at once, of those that look up; `Infinity`: each lookup is a statement. */
  readonly maxStatements: number
  /** A lookup is answered or has failed after this time, which no statement exceeds either. */
  readonly timeoutMs: number
}

/** A caller that waits for a statement which was not sent for it alone. */
interface Caller<Row> {
  readonly deadline: number
  readonly resolve: (row: Row | undefined) => void
  readonly reject: (error: unknown) => void
}

interface Wanted<Row> {
  readonly id: Uint8Array
  readonly key: string
  readonly callers: Caller<Row>[]
}

const largestBatch = 256
// With few lengths of arrays PostgreSQL settles on one plan instead of planning anew each time.
const paddedTo = 16

/**
 * Looks sessions up by id: each in a statement of its own, at once, while there are few of them.
 * When `maxStatements` are under way, further lookups wait for one of these to return, and leave
 * together. They never join a statement that was sent before they were asked for: it might not see
 * a revocation that its caller has seen acknowledged.
 */
export function createLookups<Row>(
  { findOne, findMany, isDataError }: LookupStatements<Row>,
  { maxStatements, timeoutMs }: LookupLimits,
): (id: Uint8Array) => Promise<Row | undefined> {
  /** Not sent yet, in the order of their first callers. */
  const queue = new Map<string, Wanted<Row>>()
  /** Not answered yet, sent or not, in the order of their deadlines. */
  const waiting = new Set<Caller<Row>>()
  let hasTimer = false
  let underWay = 0

  async function send<Result>(statement: () => Promise<Result>): Promise<Result> {
    underWay += 1
    try {
      return await statement()
    } finally {
      underWay -= 1
      if (queue.size > 0) void send(() => ask(takeBatch()))
    }
  }

  function enqueue(id: Uint8Array): Promise<Row | undefined> {
    return new Promise((resolve, reject) => {
      const caller = { deadline: performance.now() + timeoutMs, resolve, reject }
      const key = hexOf(id)
      const wanted = queue.get(key)
      if (wanted === undefined) queue.set(key, { id, key, callers: [caller] })
      else wanted.callers.push(caller)
      waiting.add(caller)
      if (!hasTimer) expireAfter(timeoutMs)
    })
  }

  function takeBatch(): Wanted<Row>[] {
    const batch: Wanted<Row>[] = []
    for (const [key, wanted] of queue) {
      if (batch.length === largestBatch) break
      queue.delete(key)
      batch.push(wanted)
    }
    return batch
  }

  /** Answers the callers of a batch; never rejects. */
  async function ask(batch: readonly Wanted<Row>[]): Promise<void> {
    const wanted = batch.filter(({ callers }) => callers.some((caller) => waiting.has(caller)))
    if (wanted.length === 0) return
    try {
      const rows = await askFor(wanted)
      for (const { key, callers } of wanted) {
        const row = rows.get(key)
        settle(callers, ({ resolve }) => resolve(row))
      }
    } catch (error) {
      if (wanted.length > 1 && isDataError(error)) return askByHalves(wanted)
      for (const { callers } of wanted) settle(callers, ({ reject }) => reject(error))
    }
  }

  async function askFor(wanted: readonly Wanted<Row>[]): Promise<ReadonlyMap<string, Row>> {
    const [first, ...others] = wanted as [Wanted<Row>, ...Wanted<Row>[]]
    if (others.length > 0) return findMany(padded(wanted.map(({ id }) => id)))
    const row = await findOne(first.id)
    return new Map(row === undefined ? [] : [[first.key, row]])
  }

  /** So that the lookup that fails by its own row fails alone. */
  async function askByHalves(wanted: readonly Wanted<Row>[]): Promise<void> {
    const middle = wanted.length >> 1
    await ask(wanted.slice(0, middle))
    await ask(wanted.slice(middle))
  }

  function settle(callers: readonly Caller<Row>[], how: (caller: Caller<Row>) => void): void {
    for (const caller of callers) if (waiting.delete(caller)) how(caller)
  }

  // A statement's time begins when it is sent; that of a caller who had to wait began earlier.
  function expireAfter(delayMs: number): void {
    hasTimer = true
    setTimeout(expire, delayMs).unref()
  }

  function expire(): void {
    hasTimer = false
    const now = performance.now()
    for (const caller of waiting) {
      if (caller.deadline > now) {
        expireAfter(caller.deadline - now)
        return
      }
      settle([caller], ({ reject }) => reject(tooLate(timeoutMs)))
    }
  }

  return (id) => (underWay < maxStatements ? send(() => findOne(id)) : enqueue(id))
}

function padded(ids: readonly Uint8Array[]): readonly Uint8Array[] {
  const missing = -ids.length & (paddedTo - 1)
  return [...ids, ...Array<Uint8Array>(missing).fill(ids[0] as Uint8Array)]
}

function tooLate(timeoutMs: number): CloakroomError {
  return unavailable(`PostgreSQL did not answer within ${timeoutMs / 1000} seconds.`)
}
