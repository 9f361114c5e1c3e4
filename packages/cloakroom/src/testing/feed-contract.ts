import { describe, type TestContext, test } from 'node:test'
import type { UserIdType, Users } from '../core/user.ts'
import { cacheCases } from './feed-cases/cache.ts'
import { changeCases } from './feed-cases/changes.ts'
import type { FeedCases } from './feed-cases/feed-cases.ts'
import { orderCases } from './feed-cases/order.ts'
import { signalCases } from './feed-cases/signals.ts'
import { silenceCases } from './feed-cases/silence.ts'
import type { FeedHarness } from './feed-harness.ts'
import { withFixture } from './fixture.ts'

export interface FeedContractOptions {
  /** What is told is tested for each, all else for the first. Default: text and bigint. */
  readonly userIdTypes?: readonly UserIdType[]
  /** Tests not to run, by their names, and why each. */
  readonly skip?: Readonly<Record<string, string>>
}

const telling: Readonly<Record<string, FeedCases>> = {
  'what it tells': changeCases,
  'what it does not tell': silenceCases,
}

const groups: Readonly<Record<string, FeedCases>> = {
  ...telling,
  'when it tells': orderCases,
  'verified from memory': cacheCases,
  signals: signalCases,
}

/**
 * Tests a store's revocation feed with `node:test`: every sentence of its contract, and what is built on
 * it: the cache and the signals.
 *
 * @param open Gives each test its own harness, for users with ids of this type.
 * @throws {TypeError} for a skip without a reason, or of a test that there is not
 */
export function feedContract<U extends Users>(
  name: string,
  open: (userIdType: UserIdType) => FeedHarness<U> | Promise<FeedHarness<U>>,
  options: FeedContractOptions = {},
): void {
  const { userIdTypes = ['text', 'bigint'], skip = {} } = options
  checkSkips(skip)
  for (const userIdType of userIdTypes) {
    describe(`${name}, user ids of type ${userIdType}`, () => {
      const asked = userIdType === userIdTypes[0] ? groups : telling
      for (const [group, cases] of Object.entries(asked)) {
        describe(group, () => {
          for (const [sentence, check] of Object.entries(cases)) {
            const reason = skip[sentence]
            test(sentence, reason === undefined ? {} : { skip: reason }, async (t: TestContext) => {
              const harness = await open(userIdType)
              await withFixture(harness, userIdType, (fixture) => check({ ...fixture, harness }, t))
            })
          }
        })
      }
    })
  }
}

function checkSkips(skip: Readonly<Record<string, string>>): void {
  const sentences = new Set(Object.values(groups).flatMap((cases) => Object.keys(cases)))
  for (const [sentence, reason] of Object.entries(skip)) {
    if (!sentences.has(sentence)) throw new TypeError(`There is no test to skip named: ${sentence}`)
    if (reason.trim() === '') throw new TypeError(`A reason is needed to skip: ${sentence}`)
  }
}
