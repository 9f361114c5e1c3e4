import { postgresFeedHarness } from '../../../../test/postgres-feed.ts'
import { feedContract } from '../../../testing/index.ts'

feedContract('pg', (userIdType) => postgresFeedHarness('pg', userIdType), {
  userIdTypes: ['text', 'integer'],
})

feedContract('postgres.js', (userIdType) => postgresFeedHarness('postgres.js', userIdType), {
  userIdTypes: ['uuid', 'bigint'],
})
