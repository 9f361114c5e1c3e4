import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { describe, it } from 'node:test'
import type { Target } from '../targets/target.ts'
import { CheckFailed } from './check-target.ts'
import { measureInterleaved } from './measure-interleaved.ts'
import { seededRandom } from './random.ts'

const seed = Number(process.env.CLOAKROOM_TEST_SEED ?? randomInt(2 ** 32))
const owners = Int32Array.of(1, 2, 3)

function targetThat(authenticate: Target<number, number>['authenticate']): Target {
  return {
    name: 'A target',
    note: '',
    credentials: [1, 2, 3],
    wrong: {},
    authenticate,
    userOf: (user: number) => user,
    close() {},
  }
}

function measure(targets: readonly Target[], rounds: number) {
  const random = seededRandom(seed)
  return measureInterleaved(targets, {
    rounds,
    milliseconds: 1,
    owners,
    random,
    progress() {},
  })
}

describe(`measuring in turn, seed ${seed}`, () => {
  it('measures every target once in each round, after a round to warm up', async () => {
    const turns: string[] = []
    const noted = (name: string) =>
      targetThat((user) => {
        if (turns.at(-1) !== name) turns.push(name)
        return user
      })
    const [a, b, c] = [noted('a'), noted('b'), noted('c')]
    const results = await measure([a, b, c], 4)
    // A target that is the last of one round and the first of the next shows up as one turn.
    assert.ok(turns.length >= 11 && turns.length <= 15, turns.join())
    for (const target of [a, b, c]) assert.equal(results.get(target)?.length, 4)
  })

  it('gives the time of one operation, however many are under way at once', async () => {
    const sleeps = () => new Promise<number>((resolve) => setTimeout(resolve, 1, 1))
    const alone: Target = { ...targetThat(sleeps), credentials: [1, 1, 1] }
    const together: Target = { ...alone, concurrency: 10 }
    const results = await measureInterleaved([alone, together], {
      rounds: 1,
      milliseconds: 1,
      owners: Int32Array.of(1, 1, 1),
      random: seededRandom(seed),
      progress() {},
    })
    const [ofAlone] = results.get(alone) ?? []
    const [ofTogether] = results.get(together) ?? []
    assert.ok(ofAlone && ofTogether)
    assert.ok(ofAlone.median >= 0.9e6, `${ofAlone.median} ns`)
    assert.ok(ofTogether.median < ofAlone.median / 4, `${ofTogether.median} ns`)
  })

  it('fails for a target that stops authenticating under way', async () => {
    let count = 0
    const target = targetThat((user) => {
      count += 1
      return count > 150 ? 0 : user
    })
    await assert.rejects(measure([target], 2), CheckFailed)
  })
})
