import { describe, test } from 'node:test'
import type { Users } from '../../src/core/user.ts'
import type { StoreHarness } from '../../src/testing/index.ts'
import { type Cases, withFixture } from './fixture.ts'
import { lifetimeCases } from './lifetime-cases.ts'
import { logInCases } from './log-in-cases.ts'
import { parallelCases } from './parallel-cases.ts'
import { passportCases } from './passport-cases.ts'
import { revocationCases } from './revocation-cases.ts'

const groups: Readonly<Record<string, Cases>> = {
  'log-in and log-out': logInCases,
  'parallel requests': parallelCases,
  lifetime: lifetimeCases,
  revocation: revocationCases,
  Passport: passportCases,
}

/** `express-session` over HTTP, on whichever store. User ids must be of type integer. */
export function expressSessionCases<U extends Users>(
  name: string,
  openHarness: () => StoreHarness<U> | Promise<StoreHarness<U>>,
): void {
  describe(`express-session on ${name}`, () => {
    for (const [title, cases] of Object.entries(groups)) {
      describe(title, () => {
        for (const [claim, run] of Object.entries(cases)) {
          test(claim, async () => withFixture(await openHarness(), run))
        }
      })
    }
  })
}
