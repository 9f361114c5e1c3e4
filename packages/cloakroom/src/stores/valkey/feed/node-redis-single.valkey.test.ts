import { singleFeedHarness } from '../../../../test/valkey-feed.ts'
import { feedContract } from '../../../testing/index.ts'

feedContract(
  'the feed of node-redis, single',
  (idType) => singleFeedHarness('node-redis', idType),
  {
    userIdTypes: ['text'],
  },
)
