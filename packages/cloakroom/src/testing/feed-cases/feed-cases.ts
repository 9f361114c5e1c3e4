import type { TestContext } from 'node:test'
import type { FeedHarness } from '../feed-harness.ts'
import type { Fixture } from '../fixture.ts'

export interface FeedFixture extends Fixture {
  readonly harness: Pick<
    FeedHarness,
    'hearsUsers' | 'isExact' | 'sources' | 'deleteRow' | 'cut' | 'breakDown'
  >
}

/** Tests of a feed, by the sentence that each proves. */
export type FeedCases = Readonly<
  Record<string, (fixture: FeedFixture, t: TestContext) => Promise<void>>
>
