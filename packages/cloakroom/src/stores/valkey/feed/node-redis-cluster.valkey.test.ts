import { clusterFeedHarness } from '../../../../test/valkey-feed.ts'
import { feedContract } from '../../../testing/index.ts'

feedContract('the feed of node-redis, cluster', clusterFeedHarness('node-redis'), {
  userIdTypes: ['text'],
})
