import { describe, type TestContext, test } from 'node:test'
import type { UserIdType, Users } from '../core/user.ts'
import { withFixture } from './fixture.ts'
import { capCases as sessionCapCases } from './session-cases/cap.ts'
import { clientSessionCases } from './session-cases/client-sessions.ts'
import { dataCases } from './session-cases/data.ts'
import { impersonationCases } from './session-cases/impersonation.ts'
import { interleavingCases, raceCases } from './session-cases/races.ts'
import { revokeCases as sessionRevokeCases } from './session-cases/revoke.ts'
import { signInCases } from './session-cases/sign-in.ts'
import { stepUpCases } from './session-cases/step-up.ts'
import { timeoutCases } from './session-cases/timeouts.ts'
import { tokenCases } from './session-cases/tokens.ts'
import { touchCases as sessionTouchCases } from './session-cases/touch.ts'
import { blockCases } from './store-cases/block.ts'
import { breakDownCases } from './store-cases/break-down.ts'
import { capCases } from './store-cases/cap.ts'
import type { Cases } from './store-cases/cases.ts'
import { createCases } from './store-cases/create.ts'
import { epochCases } from './store-cases/epoch.ts'
import { findCases } from './store-cases/find.ts'
import { largestLeaseCases } from './store-cases/largest-lease.ts'
import { listCases } from './store-cases/list.ts'
import { logOutCases } from './store-cases/log-out.ts'
import { pruneCases } from './store-cases/prune.ts'
import { renewCases } from './store-cases/renew.ts'
import { replaceCases } from './store-cases/replace.ts'
import { revokeCases } from './store-cases/revoke.ts'
import { rotateCases } from './store-cases/rotate.ts'
import { statsCases } from './store-cases/stats.ts'
import { touchCases } from './store-cases/touch.ts'
import { updateCases } from './store-cases/update.ts'
import { userIdCases } from './store-cases/user-ids.ts'
import type { StoreHarness } from './store-harness.ts'

export interface StoreContractOptions {
  /** The verbs are tested for each; the public API on top for the first. Default: all four. */
  readonly userIdTypes?: readonly UserIdType[]
  /** Tests not to run, by their names, and why each. */
  readonly skip?: Readonly<Record<string, string>>
}

const storeCases: Readonly<Record<string, Cases>> = {
  find: findCases,
  epoch: epochCases,
  create: createCases,
  'create, replacing a session': replaceCases,
  'create, under a cap': capCases,
  touch: touchCases,
  rotate: rotateCases,
  renew: renewCases,
  update: updateCases,
  revoke: revokeCases,
  'log-out': logOutCases,
  block: blockCases,
  list: listCases,
  prune: pruneCases,
  stats: statsCases,
  'the longest lease': largestLeaseCases,
  'user ids': userIdCases,
  'break-down': breakDownCases,
}

const sessionCases: Readonly<Record<string, Cases>> = {
  tokens: tokenCases,
  'sign-in': signInCases,
  'rotation and step-up': stepUpCases,
  impersonation: impersonationCases,
  'sessions of clients': clientSessionCases,
  timeouts: timeoutCases,
  'touches of sessions': sessionTouchCases,
  'session data': dataCases,
  'cap on sessions': sessionCapCases,
  'ends of sessions': sessionRevokeCases,
  races: raceCases,
}

const longCases: Readonly<Record<string, Cases>> = { interleavings: interleavingCases }

/**
 * Tests a store with `node:test`: every sentence of its contract, and the whole public API on top.
 *
 * @param open Gives each test its own harness, for users with ids of this type.
 * @throws {TypeError} for a skip without a reason, or of a test that there is not
 */
export function storeContract<U extends Users>(
  name: string,
  open: (userIdType: UserIdType) => StoreHarness<U> | Promise<StoreHarness<U>>,
  options: StoreContractOptions = {},
): void {
  const { userIdTypes = ['text', 'uuid', 'integer', 'bigint'], skip = {} } = options
  checkSkips(skip)

  function run(userIdType: UserIdType, groups: Readonly<Record<string, Cases>>): void {
    for (const [group, cases] of Object.entries(groups)) {
      describe(group, () => {
        for (const [sentence, check] of Object.entries(cases)) {
          const reason = skip[sentence]
          test(sentence, reason === undefined ? {} : { skip: reason }, async (t: TestContext) =>
            withFixture(await open(userIdType), userIdType, (fixture) => check(fixture, t)),
          )
        }
      })
    }
  }

  for (const userIdType of userIdTypes) {
    describe(`${name}, user ids of type ${userIdType}`, () => {
      run(userIdType, storeCases)
      // To what is above the store an id is only a value that it hands on.
      if (userIdType === userIdTypes[0]) run(userIdType, { ...sessionCases, ...longCases })
    })
  }
}

function checkSkips(skip: Readonly<Record<string, string>>): void {
  const all = Object.values({ ...storeCases, ...sessionCases, ...longCases })
  const sentences = new Set(all.flatMap((cases) => Object.keys(cases)))
  for (const [sentence, reason] of Object.entries(skip)) {
    if (!sentences.has(sentence)) throw new TypeError(`There is no test to skip named: ${sentence}`)
    if (reason.trim() === '') throw new TypeError(`A reason is needed to skip: ${sentence}`)
  }
}
