import { describe, type TestContext, test } from 'node:test'
import type { UserIdType, Users } from '../core/user.ts'
import { withFixture } from './fixture.ts'
import { signingKeyCases } from './store-cases/signing-keys.ts'
import type { StoreHarness } from './store-harness.ts'

/**
 * Tests with `node:test` how a store keeps the keys that sign access tokens: every sentence of that
 * contract.
 *
 * @param open Gives each test its own harness.
 */
export function signingKeysContract<U extends Users>(
  name: string,
  open: (userIdType: UserIdType) => StoreHarness<U> | Promise<StoreHarness<U>>,
): void {
  describe(`${name}, signing keys`, () => {
    for (const [sentence, check] of Object.entries(signingKeyCases)) {
      test(sentence, async (t: TestContext) =>
        withFixture(await open('text'), 'text', (fixture) => check(fixture, t)),
      )
    }
  })
}
