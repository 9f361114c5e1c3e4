import type { TestContext } from 'node:test'
import type { Fixture } from '../fixture.ts'

/** Tests by their names, each of which is a sentence about any store. */
export type Cases = Readonly<Record<string, (fixture: Fixture, test: TestContext) => Promise<void>>>

/** The same case for each of several things. */
export function casesFor<T>(
  things: Readonly<Record<string, T>>,
  name: (thing: string) => string,
  run: (thing: T, fixture: Fixture) => Promise<void>,
): Cases {
  return Object.fromEntries(
    Object.entries(things).map(([key, thing]) => [name(key), (fixture) => run(thing, fixture)]),
  )
}
