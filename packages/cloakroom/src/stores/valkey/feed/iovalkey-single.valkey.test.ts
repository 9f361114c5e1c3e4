import { singleFeedHarness } from '../../../../test/valkey-feed.ts'
import { feedContract } from '../../../testing/index.ts'

feedContract('the feed of iovalkey, single', (idType) => singleFeedHarness('iovalkey', idType), {
  userIdTypes: ['text'],
})
