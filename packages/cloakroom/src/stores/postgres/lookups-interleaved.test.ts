import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  DataError,
  idOf,
  keyOf,
  numbers,
  type Statement,
  serve,
  watch,
} from '../../../test/lookup-server.ts'
import { integerBelow, pick, type Random, seededRandom } from '../../testing/random.ts'

interface Call {
  readonly key: string
  readonly versionAtCall: number
  readonly watched: { outcome?: string | undefined; error?: unknown }
}

/** Lookups, changes of rows, returns and failures of statements, in a random order. */
async function run(random: Random): Promise<void> {
  const maxStatements = 1 + integerBelow(random, 5)
  const ids = 1 + integerBelow(random, 60)
  const { find, sent } = serve({ maxStatements })
  const versions = new Map(numbers(0, ids).map((number) => [keyOf(number), 0]))
  const bad = new Set(
    numbers(0, ids)
      .filter(() => random() < 0.05)
      .map(keyOf),
  )
  const underWay = new Set<{ statement: Statement; snapshot: Map<string, number> }>()
  /** Of batches that failed by a row: they are asked for again by halves, one after the other. */
  const halved = new Set<string>()
  const broken = new Map<unknown, readonly string[]>()
  const calls: Call[] = []
  let seen = 0

  function notice(): void {
    for (; seen < sent.length; seen += 1) {
      const statement = sent[seen] as Statement
      assert(statement.kind === 'one' || statement.keys.length % 16 === 0)
      // It sees the rows as they are when it is sent, at the earliest.
      underWay.add({ statement, snapshot: new Map(versions) })
    }
    assert(underWay.size <= maxStatements)
    const unanswered = calls.filter(({ watched }) => !('outcome' in watched || 'error' in watched))
    const asked = new Set([...underWay].flatMap(({ statement }) => statement.keys))
    const waits = unanswered.some(({ key }) => !asked.has(key) && !halved.has(key))
    assert(!waits || underWay.size === maxStatements, 'a lookup waits though it could be sent')
  }

  async function complete(): Promise<void> {
    const entry = pick(random, [...underWay])
    underWay.delete(entry)
    const { statement, snapshot } = entry
    if (random() < 0.1) {
      const error = new Error('connection lost')
      broken.set(error, statement.keys)
      await statement.fail(error)
    } else if (statement.keys.some((key) => bad.has(key))) {
      for (const key of statement.keys) halved.add(key)
      await statement.fail(new DataError())
    } else {
      await statement.answer((key) => String(snapshot.get(key)))
    }
  }

  const steps = 30 + integerBelow(random, 300)
  for (let step = 0; step < steps; step += 1) {
    const choice = random()
    if (choice < 0.6) {
      const number = integerBelow(random, ids)
      const key = keyOf(number)
      const versionAtCall = versions.get(key) as number
      calls.push({ key, versionAtCall, watched: watch(find(idOf(number))) })
    } else if (choice < 0.75) {
      const key = keyOf(integerBelow(random, ids))
      versions.set(key, (versions.get(key) as number) + 1)
    } else if (underWay.size > 0) {
      await complete()
    }
    notice()
  }
  for (notice(); underWay.size > 0; notice()) await complete()

  for (const { key, versionAtCall, watched } of calls) {
    const { outcome, error } = watched
    if (error instanceof DataError) assert(bad.has(key), 'failed by the row of another')
    else if (error !== undefined) assert(broken.get(error)?.includes(key))
    else {
      assert(!bad.has(key))
      assert(Number(outcome) >= versionAtCall, 'answered from before the question')
      assert(Number(outcome) <= (versions.get(key) as number))
    }
  }
}

test('every lookup is answered once, for its own id, by what was true after it was asked', async (t) => {
  const random = seededRandom(t)
  for (let round = 0; round < 150; round += 1) await run(random)
})
