import { clusterFeedHarness } from '../../../../test/valkey-feed.ts'
import { feedContract } from '../../../testing/index.ts'

feedContract('the feed of iovalkey, cluster', clusterFeedHarness('iovalkey'), {
  userIdTypes: ['text'],
})
